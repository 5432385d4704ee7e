"""The files of an earlier run once more: what they said, where the journal has masked it, and how they are put back."""

from __future__ import annotations

import os
import stat
import tempfile
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from skylift.app.compare_runs import FileChange, diff_lines
from skylift.journal import Input, masked_bytes, read_files
from skylift.journal.files import Mask
from skylift.model.problem import Problem
from skylift.settings import load_overrides, load_text
from skylift.settings.complaints import problem

if TYPE_CHECKING:
    from skylift.settings.overrides import Overrides

GLOBALS, OVERRIDES = "globals.yml", "config"
HIDDEN = "***"


@dataclass(frozen=True)
class Restored:
    """A file that changes: its content now and then (None: not there), and its mode then."""

    name: str
    path: Path
    before: bytes | None
    after: bytes | None
    mode: int

    def change(self, mask: Mask) -> FileChange:
        """Return what is shown of it."""
        state = "added" if self.before is None else "removed" if self.after is None else "changed"
        old, new = (_text(masked_bytes(one or b"", mask)) for one in (self.before, self.after))
        if "\0" in old + new:
            return FileChange(self.name, state, ("(not text)",))
        return FileChange(self.name, state, diff_lines(old, new, (self.name, self.name)) or ("(empty)",))


@dataclass(frozen=True)
class Restoration:
    """The way back of the files. ``overrides`` are all override files as they will be, by path below their folder.

    ``stuck`` says which files stay as they are, and why.
    """

    folder: Path
    globals: str
    files: tuple[Restored, ...]
    overrides: Mapping[str, bytes]
    stuck: tuple[str, ...] = ()

    def planned(self) -> Overrides:
        """Return the overrides as they will be read, before they are written."""
        with tempfile.TemporaryDirectory(prefix="skylift-") as scratch:
            for name, content in self.overrides.items():
                path = Path(scratch, OVERRIDES, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            return load_overrides(Path(scratch), load_text("", ()))

    def save(self, copies: Path) -> None:
        """Copy what changes to the new folder ``copies``, then put the files back.

        Raises Problem ``settings-moved`` when somebody changed a file meanwhile, and ``settings-unwritable``.
        """
        for file in self.files:
            if _content(file.path) != file.before:
                fix = "Repeat the command: it starts from what the file says now."
                raise problem("settings-moved", f"{file.path} was changed by somebody else meanwhile", fix, file.name)
        try:
            for file in self.files:
                if file.before is not None:
                    _write(copies / file.name, file.before, 0o600)
            for file in self.files:
                if file.after is None:
                    file.path.unlink(missing_ok=True)
                else:
                    _write(file.path, file.after, file.mode)
        except OSError as error:
            fix = "Use a folder you may write to: skylift --config DIR …"
            detail = f"{error.filename or self.folder}: {error.strerror}"
            raise problem("settings-unwritable", detail, fix, GLOBALS) from error


def restoration(kept: Input, folder: Path, mask: Mask) -> Restoration:
    """Return how the files in ``folder`` become again what a run kept. Nothing is written.

    Lines in which a password was masked are taken from the files as they are now, where they still have them. Raises
    Problem ``rollback-masked`` when globals.yml cannot be put together.
    """
    overrides = _moved(Path(kept.overrides), Path(kept.folder), folder)
    present, unreadable = read_files(folder, overrides)
    lines = _known_lines((content for content, _ in present.values()), mask)
    then: dict[str, bytes] = {}
    stuck = [f"{name} was not kept ({why}) and stays as it is" for name, why in kept.left_out.items()]
    stuck += [f"{name} cannot be read ({why}) and stays as it is" for name, why in unreadable.items()]
    for name, file in kept.files.items():
        content = _unmasked(file.content, lines) if file.masked else file.content
        if content is not None:
            then[name] = content
        elif name == GLOBALS:
            raise Problem(
                code="rollback-masked",
                summary="The settings of this run cannot be put together",
                detail="globals.yml held a password, which the journal does not have",
                fix="skylift diff RUN last   shows what to write by hand.",
                where=GLOBALS,
            )
        else:
            stuck.append(f"{name} held a password, which the journal does not have, and stays as it is")
    staying = {*kept.left_out, *unreadable, *kept.files} - set(then)
    files = []
    for name in sorted({*present, *then} - staying):
        before, after = present.get(name, (None, 0))[0], then.get(name)
        if before != after:
            path = folder / GLOBALS if name == GLOBALS else overrides / name.removeprefix(f"{OVERRIDES}/")
            mode = kept.files[name].mode if name in kept.files else 0o600
            files.append(Restored(name, path, before, after, mode))
    merged = {name: content for name, (content, _) in present.items() if name in staying} | then
    prefix = f"{OVERRIDES}/"
    return Restoration(
        folder,
        _text(then.get(GLOBALS, b"")).removeprefix("\ufeff"),
        tuple(files),
        {name.removeprefix(prefix): content for name, content in merged.items() if name.startswith(prefix)},
        tuple(stuck),
    )


def _moved(overrides: Path, old: Path, new: Path) -> Path:
    """Return where the override folder is, should the configuration folder have moved."""
    return new / overrides.relative_to(old) if overrides.is_relative_to(old) else overrides


def _known_lines(contents: Iterable[bytes], mask: Mask) -> dict[bytes, bytes]:
    """Return lines with passwords by what the journal would keep of them."""
    known = {}
    for content in contents:
        for line in content.split(b"\n"):
            safe = masked_bytes(line, mask)
            if safe != line:
                known[safe] = line
    return known


def _unmasked(content: bytes, known: Mapping[bytes, bytes]) -> bytes | None:
    """Return the content with its passwords, or None when one is not known any more."""
    found = []
    for line in content.split(b"\n"):
        if HIDDEN.encode() in line and line not in known:
            return None
        found.append(known.get(line, line))
    return b"\n".join(found)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file in one step, through a link where it is one; one that is there keeps its mode and owner."""
    target = Path(os.path.realpath(path))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    old = target.stat() if target.exists() else None
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            if old is not None and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(file.fileno(), old.st_uid, old.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode) if old is not None else mode)
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
