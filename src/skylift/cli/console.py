"""Consoles: one for results, one for problems. Colour and motion only where a person watches."""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def interactive(stream: IO[str] | None = None) -> bool:
    """Tell whether a person watches this stream (standard output when not given)."""
    stream = sys.stdout if stream is None else stream
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def output() -> Console:
    """Return the console for results. NO_COLOR is respected; without a terminal lines are not folded."""
    return _console(stderr=False)


def errors() -> Console:
    """Return the console for problems, on standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    watched = interactive(sys.stderr if stderr else sys.stdout)
    # A file or a pipe has no width: folding would break what others read by line.
    return Console(stderr=stderr, highlight=False, emoji=False, soft_wrap=not watched, width=None if watched else 4000)
