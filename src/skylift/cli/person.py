"""The person at this terminal, or the script behind this pipe, as the engine's streams see them."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CHUNK = 65536


class Terminal:
    """Standard input and output. ``tty`` only when both are a terminal."""

    def __init__(self) -> None:
        self.tty = sys.stdin.isatty() and sys.stdout.isatty()

    async def read(self) -> bytes | None:
        """Return what was typed or piped, or None at its end."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        descriptor = sys.stdin.fileno()

        def readable() -> None:
            if not ready.done():
                ready.set_result(None)

        try:
            loop.add_reader(descriptor, readable)
        except PermissionError:
            # A regular file cannot be waited for; it is always readable.
            return os.read(descriptor, CHUNK) or None
        try:
            await ready
        finally:
            loop.remove_reader(descriptor)
        return os.read(descriptor, CHUNK) or None

    def write(self, stream: int, data: bytes) -> None:
        """Write to standard output (1) or error (2)."""
        target = sys.stderr.buffer if stream == 2 else sys.stdout.buffer
        target.write(data)
        target.flush()

    def size(self) -> tuple[int, int]:
        """Return rows and columns."""
        found = shutil.get_terminal_size()
        return found.lines, found.columns

    def resized(self, call: Callable[[], None]) -> None:
        """Have ``call`` made whenever the terminal changes its size."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, call)


@contextmanager
def at_terminal() -> Iterator[Terminal]:
    """Give the terminal to the command inside: each key goes there, Ctrl-C as well. It is put back at the end."""
    person = Terminal()
    if not person.tty:
        yield person
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setraw(sys.stdin)
        yield person
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
