"""Write the files of a run: private, whole, and without secrets."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

Mask = Callable[[str], str]
"""Returns the text with every password replaced by ``***``."""


def open_private(path: Path) -> TextIO:
    """Create a file of mode 0600 and open it for writing. Raises FileExistsError when it is there."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w", encoding="utf-8")


def write_whole(path: Path, text: str, durable: bool = False) -> None:
    """Write a file whole or not at all; ``durable`` waits for the disk."""
    draft = path.with_name(f".{path.name}")
    draft.unlink(missing_ok=True)
    with open_private(draft) as file:
        file.write(text)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a private file whole or not at all."""
    draft = path.with_name(f".{path.name}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)


def masked(value: Any, mask: Mask) -> Any:
    """Return ``value`` as JSON data with every string masked.

    Strings are masked before they are encoded: encoding escapes quotes and backslashes that a password may hold.
    """
    match value:
        case str():
            return mask(value)
        case dict():
            return {mask(str(key)): masked(item, mask) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [masked(item, mask) for item in value]
        case None | bool() | int() | float():
            return value
        case _:
            # A Secret prints as ***, so that one which strayed into an event is not shown.
            return mask(str(value))
