"""Talk with a command inside a container: bytes in, bytes out, for as long as it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import aiohttp
from aiodocker.stream import Stream

from skylift.engines.docker import NO_LIMIT, Engine, engine_call

_STDOUT = 1


class Session:
    """A command that runs inside a container, with its standard input and output. Use as an async context."""

    def __init__(self, stream: Stream, what: str) -> None:
        self._stream = stream
        self._what = what
        self.errors = b""

    @classmethod
    async def open(cls, engine: Engine, container: str, command: Sequence[str]) -> Self:
        """Start the command as root. Raises Problem when the container does not run or the engine is lost."""
        what = f"exec in {container}"
        with engine_call(what):
            execution = await engine.docker.containers.container(container).exec(list(command), stdin=True, user="root")
            stream = execution.start(timeout=NO_LIMIT, detach=False)
            await stream.__aenter__()
        return cls(stream, what)

    async def write(self, data: bytes) -> None:
        """Send to the command's standard input. Raises Problem ``engine-lost`` when the command has ended."""
        with engine_call(self._what):
            try:
                await self._stream.write_in(data)
            except (AssertionError, RuntimeError) as error:
                # So the library says that the connection is closed.
                raise ConnectionResetError("the command has ended") from error

    async def read(self) -> bytes:
        """Return the next piece of standard output; empty when the command has ended. ``errors`` keeps the rest."""
        while True:
            try:
                message = await self._stream.read_out()
            except (aiohttp.ClientError, OSError):
                return b""
            if message is None:
                return b""
            if message.stream == _STDOUT:
                return message.data
            self.errors = (self.errors + message.data)[-4000:]

    async def close(self) -> None:
        """End the input, and with it a command that reads it."""
        await self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def address_of(engine: Engine, container: str, network: str) -> str:
    """Return the address that a container has on a network of the engine. Raises Problem, KeyError when not on it."""
    with engine_call(f"inspect {container}"):
        shown = await engine.docker.containers.container(container).show()
    return str(shown["NetworkSettings"]["Networks"][network]["IPAddress"])
