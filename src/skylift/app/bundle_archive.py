"""The archive of a report. Every byte of it, names included, goes through one mask; what is too much is cut."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import tarfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skylift.model.problem import unwritable
from skylift.settings.scrub import Scrub

LIMIT = 20 << 20
"""Bytes of the whole archive before it is compressed."""
RESERVE = 1 << 20
"""Of these, kept for the index, which comes last."""
LARGEST = 4 << 20
"""Bytes of one file; of a text the end is kept, as most logs tell there what matters."""
BLOCK = 512
INDEX = "report.json"


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of the archive. ``size`` in bytes as it is there; ``cut`` says what of it is missing, and why."""

    path: str
    size: int
    cut: str = ""


class Archive:
    """A tar archive in memory, below one folder of the name ``top``. ``made``, epoch seconds, is its files' time."""

    def __init__(self, scrub: Scrub, top: str, made: float, limit: int = LIMIT) -> None:
        self._scrub = scrub
        self._top = scrub.known(top)
        self._made = made
        self._left = limit - RESERVE
        self._buffer = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._buffer, mode="w")  # noqa: SIM115 - closed by finish
        self._taken: set[str] = set()

    def add(self, path: str, content: Any, bound: int = LARGEST) -> Filed:
        """Put ``content`` in: a text, JSON data, or with a name of ``.jsonl`` a list that becomes a line each.

        At most ``bound`` bytes and what the archive has room for: of lines the last are kept, other JSON is left out.
        """
        raw = self._bytes(path, content)
        room = min(bound, self._left - 3 * BLOCK)
        cut = ""
        if len(raw) > room:
            lined = isinstance(content, str) or path.endswith(".jsonl")
            whole = len(raw)
            raw = raw[len(raw) - room :].partition(b"\n")[2] if lined and room > 0 else b""
            which = f"the last {len(raw)}" if raw else "none"
            cut = f"{which} of {whole} bytes: " + ("no more of one file" if room == bound else "the archive is full")
        return self._put(path, raw, cut) if raw or not cut else Filed(self._name(path), 0, cut)

    def finish(self, index: Any) -> bytes:
        """Add the index, which room was kept for, and return the compressed archive."""
        self._left += RESERVE
        self._put(INDEX, self._bytes(INDEX, index), "")
        self._tar.close()
        # No time and no name in the header of gzip.
        return gzip.compress(self._buffer.getvalue(), compresslevel=6, mtime=0)

    def _bytes(self, path: str, content: Any) -> bytes:
        if isinstance(content, str):
            text = self._scrub.text(content)
        else:
            # Strings are masked before they are encoded, so that it stays JSON; then the whole once more.
            data = self._scrub.data(content)
            lined = path.endswith(".jsonl")
            written = (
                [json.dumps(line, ensure_ascii=False) for line in data]
                if lined
                else [json.dumps(data, indent=1, ensure_ascii=False)]
            )
            text = self._scrub.known("".join(f"{line}\n" for line in written))
        return text.encode("utf-8", "replace")

    def _put(self, path: str, raw: bytes, cut: str) -> Filed:
        name = self._name(path)
        info = tarfile.TarInfo(f"{self._top}/{name}")
        info.size, info.mode, info.mtime = len(raw), 0o600, int(self._made)
        before = self._buffer.tell()
        self._tar.addfile(info, io.BytesIO(raw))
        self._left -= self._buffer.tell() - before
        return Filed(name, len(raw), cut)

    def _name(self, path: str) -> str:
        """Return a name that no other file has, of letters that every system takes."""
        parts = [re.sub(r"[^\w.@*-]", "_", part) for part in self._scrub.known(path).split("/")]
        name = wanted = self._scrub.known("/".join(part for part in parts if part.strip(".")))
        number = 1
        while name in self._taken:
            number += 1
            name = f"{wanted}.{number}"
        self._taken.add(name)
        return name


def write(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, whole or not at all. Raises Problem ``file-unwritable``."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(str(path), error) from error
