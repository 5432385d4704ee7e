"""A person's terminal and a container's output, through a real engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest

from skylift.engines import Engine
from skylift.engines.images import ImageStore
from skylift.engines.streams import interact, lines
from skylift.images import Source

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

NAME = "skylift-test-streams"
TALK = "for i in 1 2 3; do echo out $i; echo err $i >&2; sleep 0.2; done; exec sleep 60"


class Typist:
    """Gives prepared input, keeps what comes back."""

    def __init__(self, *typed: bytes, tty: bool = False) -> None:
        self.tty = tty
        self.typed = list(typed)
        self.out = {1: b"", 2: b""}
        self.rows = 24
        self.resize: Callable[[], None] = lambda: None
        self.hold = asyncio.Event()

    async def read(self) -> bytes | None:
        """Return the next input; on a terminal there is no end of it."""
        if self.typed:
            return self.typed.pop(0)
        if self.tty:
            await self.hold.wait()
        return None

    def write(self, stream: int, data: bytes) -> None:
        """Keep output."""
        self.out[stream] += data

    def size(self) -> tuple[int, int]:
        """Return rows and columns."""
        return self.rows, 80

    def resized(self, call: Callable[[], None]) -> None:
        """Keep the call."""
        self.resize = call


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """An engine on which a talking container runs."""
    async with await Engine.open() as engine:
        store = ImageStore(engine)
        await store.discard(NAME)
        await store.create_builder(NAME, Source().reference("base"), ["bash", "-c", TALK], [])
        await store.start(NAME)
        yield engine
        await store.discard(NAME)


async def test_input_ends_and_both_outputs_and_the_exit_code_come_back(engine: Engine) -> None:
    person = Typist(b"one\n", b"two\n")
    code = await interact(engine, NAME, ["bash", "-c", "cat; echo bad >&2; exit 7"], person)
    assert (code, person.out[1], person.out[2]) == (7, b"one\ntwo\n", b"bad\n")


async def test_a_terminal_has_the_persons_size_and_name(engine: Engine) -> None:
    person = Typist(b"stty size; echo $TERM; sleep 1; stty size; exit 3\n", tty=True)
    running = asyncio.create_task(interact(engine, NAME, ["sh"], person, term="xterm-test"))
    for _ in range(50):
        await asyncio.sleep(0.1)
        if b"24 80" in person.out[1]:
            break
    person.rows = 50
    person.resize()
    assert await running == 3
    text = person.out[1].decode()
    assert "24 80" in text
    assert "xterm-test" in text
    assert "50 80" in text


async def test_followed_lines_come_while_they_are_written(engine: Engine) -> None:
    found = []
    async with aclosing(lines(engine, NAME, follow=True)) as following:
        async for stamp, line in following:
            found.append((stamp, line))
            if len(found) == 6:
                break
    assert sorted(line for _, line in found) == ["err 1", "err 2", "err 3", "out 1", "out 2", "out 3"]
    assert [stamp for stamp, _ in found] == sorted(stamp for stamp, _ in found)


async def test_a_tail_is_the_end(engine: Engine) -> None:
    await asyncio.sleep(1.5)
    found = [line async for _, line in lines(engine, NAME, tail=2)]
    assert sorted(found) == ["err 3", "out 3"]


async def test_errors_are_not_written_into_the_middle_of_a_line(engine: Engine) -> None:
    # A program whose output is a pipe writes it in whole buffers, and its errors at once.
    code, output = await engine.run(NAME, ["bash", "-c", "printf 'a li'; echo bad >&2; sleep 0.2; echo ne; exit 3"])
    assert (code, output) == (3, "a line\nbad\n")
