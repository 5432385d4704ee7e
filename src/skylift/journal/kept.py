"""What a run keeps for comparing and for going back: the files the user wrote, and what they meant."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skylift.journal.files import Mask, masked, write_bytes
from skylift.journal.location import DESIRED, INPUT, INPUT_LIST, SCHEMA
from skylift.model.hidden import hide

GLOBALS, OVERRIDES = "globals.yml", "config"
LARGEST, MOST, DEEPEST = 1 << 20, 2000, 6
"""Bytes of one file, and number of files: what is beyond is listed and not kept (a folder may hold anything)."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it was, byte by byte but for passwords; ``masked`` says that it held some. ``mode`` as in chmod."""

    content: bytes
    mode: int
    masked: bool

    @property
    def text(self) -> str:
        """The content; bytes that are no UTF-8 become surrogates."""
        return self.content.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Input:
    """What the user wrote: globals.yml of ``folder``, and as ``config/…`` the files of the folder ``overrides``.

    ``left_out`` says why others were not kept.
    """

    folder: str
    overrides: str
    files: Mapping[str, KeptFile] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


def look_at(config: Path, mask: Mask, overrides: Path | None = None) -> Input:
    """Read globals.yml in ``config`` and the override folder (``config`` beside it) as the journal keeps them.

    Never raises OSError.
    """
    overrides = overrides or config / OVERRIDES
    raw, left_out = read_files(config, overrides)
    files = {}
    for name, (content, mode) in raw.items():
        safe = masked_bytes(content, mask)
        files[name] = KeptFile(safe, mode, safe != content)
    return Input(str(config), str(overrides), files, left_out)


def read_files(config: Path, overrides: Path) -> tuple[dict[str, tuple[bytes, int]], dict[str, str]]:
    """Return content and mode of the same files as they are, not masked, and why others are left out."""
    files: dict[str, tuple[bytes, int]] = {}
    left_out: dict[str, str] = {}
    for name, path in ((GLOBALS, config / GLOBALS), *_walk(overrides, f"{OVERRIDES}/", left_out)):
        try:
            status = path.stat()
            why = _unfit(status, len(files))
            if not why:
                files[name] = path.read_bytes(), stat.S_IMODE(status.st_mode)
        except FileNotFoundError:
            continue
        except OSError as error:
            why = error.strerror or type(error).__name__
        if why:
            left_out[name] = why
    return files, left_out


def masked_bytes(content: bytes, mask: Mask) -> bytes:
    """Return a file's content as the journal keeps it: without passwords, else byte by byte the same."""
    text = content.decode("utf-8", "surrogateescape")
    return hide(mask(text)).encode("utf-8", "surrogateescape")


def write_input(run: Path, given: Input, mask: Mask) -> None:
    """Write the files below ``input/`` and their list. The folder appears whole or not at all. Raises OSError."""
    draft = run / f".{INPUT}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    for name, file in given.files.items():
        target = draft / name
        for folder in reversed([*target.relative_to(draft).parents][:-1]):
            (draft / folder).mkdir(mode=0o700, exist_ok=True)
        write_bytes(target, file.content)
    listing = {
        "schema": SCHEMA,
        "folder": given.folder,
        "overrides": given.overrides,
        "files": {name: {"mode": f"{one.mode:04o}", "masked": one.masked} for name, one in given.files.items()},
        "left_out": dict(given.left_out),
    }
    # Names of files can be bytes of any kind; ASCII JSON carries them.
    write_bytes(run / INPUT_LIST, (json.dumps(masked(listing, mask), indent=1) + "\n").encode("ascii"))
    shutil.rmtree(run / INPUT, ignore_errors=True)
    draft.replace(run / INPUT)


def read_input(run: Path) -> Input | None:
    """Return what ``write_input`` wrote below the run's folder; None when the run kept nothing."""
    try:
        listing = json.loads((run / INPUT_LIST).read_bytes())
        files = {
            name: KeptFile((run / INPUT / name).read_bytes(), int(facts["mode"], 8), bool(facts["masked"]))
            for name, facts in listing["files"].items()
        }
        return Input(str(listing["folder"]), str(listing["overrides"]), files, dict(listing.get("left_out", {})))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_desired(run: Path, document: Mapping[str, Any], mask: Mask) -> None:
    """Write the desired cloud, compressed: most of it is the text of files. Raises OSError."""
    text = json.dumps(masked({"schema": SCHEMA, **document}, lambda one: hide(mask(one))), separators=(",", ":"))
    write_bytes(run / DESIRED, gzip.compress(text.encode(), compresslevel=3, mtime=0))


def read_desired(run: Path) -> Mapping[str, Any] | None:
    """Return the desired cloud that a run kept, or None."""
    try:
        document = json.loads(gzip.decompress((run / DESIRED).read_bytes()))
    except (OSError, ValueError, EOFError):
        return None
    return document if isinstance(document, dict) else None


def _walk(
    folder: Path, prefix: str, left_out: dict[str, str], above: tuple[str, ...] = ()
) -> Iterator[tuple[str, Path]]:
    """Yield what is below ``folder``, in an order that is always the same. Links are followed, not in a circle."""
    real = str(folder.resolve())
    if real in above or len(above) > DEEPEST:
        left_out[prefix.rstrip("/")] = "it leads back to a folder above" if real in above else "too deep"
        return
    try:
        paths = sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        left_out[prefix.rstrip("/")] = error.strerror or type(error).__name__
        return
    for path in paths:
        name = f"{prefix}{path.name}"
        if path.is_dir():
            yield from _walk(path, f"{name}/", left_out, (*above, real))
        else:
            yield name, path


def _unfit(status: os.stat_result, taken: int) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "no regular file"
    if status.st_size > LARGEST:
        return f"larger than {LARGEST} bytes"
    return f"more than {MOST} files" if taken >= MOST else ""
