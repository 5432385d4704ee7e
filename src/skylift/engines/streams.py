"""What flows between a person and a container: a command with its terminal, and output as lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, Protocol, cast

from skylift.engines.docker import NO_LIMIT, Engine, engine_call


class Person(Protocol):
    """Who sits at the other end: gives input until ``None``, takes output, and knows the size of the terminal."""

    tty: bool

    async def read(self) -> bytes | None: ...
    def write(self, stream: int, data: bytes) -> None: ...
    def size(self) -> tuple[int, int]: ...
    def resized(self, call: Callable[[], None]) -> None: ...


async def interact(
    engine: Engine, name: str, command: Sequence[str], person: Person, *, user: str = "", term: str = ""
) -> int:
    """Run ``command`` in a container for ``person`` and return its exit code.

    With a terminal the command gets one too, of the same size (rows, columns) as it changes.
    """
    environment: Mapping[str, str] | None = {"TERM": term} if term else None
    with engine_call(f"exec in {name}"):
        container = engine.docker.containers.container(name)
        execution = await container.exec(list(command), stdin=True, tty=person.tty, user=user, environment=environment)
        async with execution.start(timeout=NO_LIMIT, detach=False) as stream:

            async def give() -> None:
                while (data := await person.read()) is not None:
                    await stream.write_in(data)
                # Half a close: the command reads its end of input, and its output still comes.
                connection = stream._resp.connection if stream._resp is not None else None
                if connection is not None and connection.transport is not None and connection.transport.can_write_eof():
                    connection.transport.write_eof()

            async def resize() -> None:
                rows, columns = person.size()
                with suppress(Exception):  # the command may have ended by now
                    await execution.resize(h=rows, w=columns)

            sizes: set[asyncio.Task[None]] = set()

            def resize_soon() -> None:
                task = asyncio.get_running_loop().create_task(resize())
                sizes.add(task)
                task.add_done_callback(sizes.discard)

            if person.tty:
                await resize()
                person.resized(resize_soon)
            giver = asyncio.create_task(give())
            try:
                while (message := await stream.read_out()) is not None:
                    person.write(message.stream, message.data)
            finally:
                giver.cancel()
                with suppress(asyncio.CancelledError, OSError, RuntimeError):
                    await giver
        shown = await execution.inspect()
    return int(shown["ExitCode"] or 0)


async def lines(
    engine: Engine, name: str, *, since: int = 0, follow: bool = False, tail: int | None = None
) -> AsyncGenerator[tuple[str, str], None]:
    """Yield (time, line) of a container's output. ``since``: epoch seconds; time: RFC 3339 in UTC, sortable as text."""
    container = engine.docker.containers.container(name)
    options: dict[str, Any] = {"stdout": True, "stderr": True, "timestamps": True, "since": since}
    if tail is not None:
        options["tail"] = tail
    with engine_call(f"logs of {name}"):
        if not follow:
            for text in "".join(await container.log(**options)).splitlines():
                yield _stamped(text)
            return
        rest = ""
        # Whoever stops reading gives the connection back at once.
        output = cast("AsyncGenerator[str, None]", container.log(follow=True, timeout=NO_LIMIT, **options))
        async with aclosing(output) as pieces:
            async for piece in pieces:
                # A long line comes in several pieces.
                *whole, rest = (rest + piece).split("\n")
                for text in whole:
                    yield _stamped(text)
        if rest:
            yield _stamped(rest)


def _stamped(text: str) -> tuple[str, str]:
    stamp, _, line = text.partition(" ")
    return stamp, line.rstrip("\r")
