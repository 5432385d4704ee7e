"""The override folder: files with which the user changes those that Skylift writes. Read whole, judged when used."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from skylift.model.event import Notice
from skylift.model.problem import Problem
from skylift.settings.bytes_of import bytes_of, control
from skylift.settings.complaints import problem

if TYPE_CHECKING:
    from skylift.settings.settings import Settings

KEY = "node_custom_config"
FOLDER = "config"
LARGEST = 1 << 20
"""Bytes of one file that are read at most."""
MOST = 2000
DEEPEST = 6

_LEFTOVER = re.compile(r"~$|^#.*#$|^\..*\.sw[a-p]$|\.(bak|orig|rej|old|save|rpmnew|rpmsave|tmp)$|\.dpkg-\w+$")


@dataclass(frozen=True, slots=True)
class OverrideFile:
    """One file: ``name`` is its path in the folder (``nova/nova-api.conf``), ``shown`` the one for people.

    ``problem`` is why it could not be read; it matters only when somebody needs the text.
    """

    name: str
    shown: str
    text: str = ""
    problem: Problem | None = None

    def read(self) -> str:
        """Return the text. Raises Problem ``override-unreadable``."""
        if self.problem is not None:
            raise self.problem
        return self.text


@dataclass(frozen=True, slots=True)
class Overrides:
    """All files of the folder by name, and what is to be said of it."""

    files: Mapping[str, OverrideFile] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files)

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Overrides:
        """Return overrides that are not from a folder."""
        return cls({name: OverrideFile(name, f"{FOLDER}/{name}", text) for name, text in texts.items()})


def override_folder(config_dir: Path, settings: Settings) -> Path:
    """Return the folder of override files: ``node_custom_config``, else ``config`` beside globals.yml."""
    given = settings.keys.node_custom_config
    return config_dir / (Path(given).expanduser() if given else FOLDER)


def load_overrides(config_dir: Path, settings: Settings) -> Overrides:
    """Read the override folder: ``node_custom_config``, else ``config`` in ``config_dir``. It need not exist.

    What an editor left (``nova.conf~``) is passed over with a notice, hidden files and folders without. Raises Problem
    ``override-unreadable`` for a folder that cannot be read or holds too much.
    """
    folder = override_folder(config_dir, settings)
    try:
        there = stat.S_ISDIR(folder.stat().st_mode)
    except FileNotFoundError:
        there = False
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise _unreadable(f"{folder}: {why}", f"See what it is: ls -ldL {folder}", _place(settings, folder)) from error
    else:
        if not there:
            raise _unreadable(f"{folder} is no folder", "Put the files into a folder.", _place(settings, folder))
    if not there:
        if not settings.keys.node_custom_config:
            return Overrides()
        text = f"{KEY} is {folder}, and there is no such folder: nothing is overridden"
        return Overrides(notices=(Notice(text, "warning", settings.source(KEY)),))
    shown = Path(os.path.relpath(folder, config_dir))
    if shown.parts[:1] == ("..",):
        shown = folder
    files: dict[str, OverrideFile] = {}
    notices: list[Notice] = []
    for name, path in _walk(folder, ""):
        if _LEFTOVER.search(path.name):
            notices.append(Notice("what an editor left is no override", "info", str(shown / name)))
        elif not path.name.startswith("."):
            files[name] = _file(name, str(shown / name), path)
        if len(files) > MOST:
            raise _unreadable(f"{folder} has more than {MOST} files", "Keep override files in it, nothing else.")
    return Overrides(files, tuple(notices))


def _place(settings: Settings, folder: Path) -> str:
    return settings.source(KEY) if settings.keys.node_custom_config else folder.name


def _walk(folder: Path, prefix: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Path]]:
    """Yield each file with its path in the folder, in order. Links are followed, but not in a circle."""
    real = str(folder.resolve())
    if real in above or len(above) > DEEPEST:
        return
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise _unreadable(f"{folder}: {error.strerror}", f"Make it readable: chmod u+rx {folder}") from error
    for path in paths:
        name = f"{prefix}{path.name}"
        if path.is_dir():
            if not path.name.startswith("."):
                yield from _walk(path, f"{name}/", (*above, real))
        else:
            yield name, path


def _file(name: str, shown: str, path: Path) -> OverrideFile:
    try:
        raw = bytes_of(path, LARGEST)
        if len(raw) > LARGEST:
            detail = f"it has more than {LARGEST} bytes"
            return OverrideFile(name, shown, problem=_unreadable(detail, "Is it the right file?", shown))
        text = raw.decode("utf-8").removeprefix("\ufeff")
        line, what = control(raw)
        if line:
            fix = "Save the file as UTF-8, without control characters."
            return OverrideFile(name, shown, problem=_unreadable(what, fix, f"{shown}:{line}"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        detail = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        return OverrideFile(name, shown, problem=_unreadable(detail, "Save the file as UTF-8.", f"{shown}:{line}"))
    except OSError as error:
        fix = f"It must be a file that the user who runs skylift may read: ls -lL {path}"
        return OverrideFile(name, shown, problem=_unreadable(str(error.strerror), fix, shown))
    return OverrideFile(name, shown, text.replace("\r\n", "\n").replace("\r", "\n"))


def _unreadable(detail: str, fix: str, where: str = "") -> Problem:
    return problem("override-unreadable", detail, fix, where)
