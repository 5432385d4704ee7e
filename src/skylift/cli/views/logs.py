"""Log lines: the container before each, in a colour of its own where a person watches."""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from skylift.cli.console import interactive

if TYPE_CHECKING:
    from skylift.app.logs import LogLine

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)


def writer(*, as_json: bool, stream: TextIO | None = None) -> Callable[[LogLine], None]:
    """Return what writes a line to ``stream`` (standard output), flushed: others read it through a pipe."""
    out = sys.stdout if stream is None else stream
    colour = interactive(out) and not os.environ.get("NO_COLOR")

    def write(line: LogLine) -> None:
        if as_json:
            text = json.dumps({"container": line.container, "time": line.time, "text": line.text}, ensure_ascii=False)
        elif colour:
            # The same container has the same colour in every call.
            code = COLOURS[zlib.crc32(line.container.encode()) % len(COLOURS)]
            text = f"\x1b[{code}m{line.container:<24}\x1b[0m {line.text}"
        else:
            text = f"{line.container:<24} {line.text}"
        out.write(text + "\n")
        out.flush()

    return write
