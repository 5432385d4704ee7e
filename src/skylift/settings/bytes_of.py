"""Read a file that a person named, whatever it turns out to be: a pipe would wait for ever, a device never end."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""Bytes that no text of a person has; escape sequences among them would move the cursor of whoever shows it."""


def bytes_of(path: Path, limit: int) -> bytes:
    """Return the file's bytes, at most ``limit`` and one more. Raises OSError, also for what is no regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "It is no regular file", str(path))
        return stream.read(limit + 1)


def control(raw: bytes) -> tuple[int, str]:
    """Return the line (from 1) of the first control character and what it is; line 0 where there is none."""
    found = CONTROL.search(raw)
    if found is None:
        return 0, ""
    hint = ": is it UTF-16?" if found[0] == b"\0" else ""
    return raw.count(b"\n", 0, found.start()) + 1, f"there is a control character (0x{found[0][0]:02x}){hint}"
