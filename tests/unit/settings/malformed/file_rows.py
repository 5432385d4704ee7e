"""Places in the configuration folder where something else is than a file of settings."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Row:
    """``make`` prepares the folder, ``complete``: with all passwords. ``patch``: for what no root is refused."""

    name: str
    make: Callable[[Path], Any]
    file: str
    code: str
    words: str
    line: int = 0
    complete: bool = False
    patch: Callable[[pytest.MonkeyPatch], None] | None = None


def write(name: str, raw: bytes) -> Callable[[Path], Any]:
    """Return what writes a file."""

    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)

    return make


def loop(name: str) -> Callable[[Path], Any]:
    """Return what makes two links that point to each other."""

    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(folder / "other")
        (folder / "other").symlink_to(folder / name)

    return make


def pipe(name: str) -> Callable[[Path], Any]:
    """Return what makes a named pipe, from which reading never ends."""

    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(folder / name)

    return make


def link(name: str, target: str) -> Callable[[Path], Any]:
    """Return what makes a link."""

    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(target)

    return make


def forbidden(part: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what makes a file unreadable, as its mode does for anybody but root."""
    real = os.open

    def open_(path: Any, *rest: Any, **more: Any) -> int:
        if str(path).endswith(part):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *rest, **more)

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "open", open_)

    return patch


BIG = b"#" * (1 << 20) + b"\n"
G, P, K = "globals.yml", "passwords.yml", "config/keystone.conf"

FILES = [
    Row("globals: a folder", lambda folder: (folder / G).mkdir(), G, "settings-unreadable", "is a folder"),
    Row("globals: links in a circle", loop(G), G, "settings-unreadable", "symbolic links"),
    Row("globals: a pipe", pipe(G), G, "settings-unreadable", "no regular file"),
    Row("globals: a device", link(G, "/dev/zero"), G, "settings-unreadable", "no regular file"),
    Row("globals: more than a megabyte", write(G, BIG), G, "settings-unreadable", "bytes"),
    Row("globals: not to be read", write(G, b""), G, "settings-unreadable", "denied", patch=forbidden(G)),
    Row("globals: latin-1", write(G, b"a: b\nopenstack_tag: \xe9\n"), G, "settings-yaml", "not UTF-8", 2),
    Row("globals: UTF-16", write(G, "openstack_tag: x\n".encode("utf-16")), G, "settings-yaml", "not UTF-8", 1),
    Row("globals: UTF-16 without a mark", write(G, "a: x\n".encode("utf-16-le")), G, "settings-yaml", "control", 1),
    Row("globals: an archive", write(G, b"\x1f\x8b\x08\x00abc"), G, "settings-yaml", "not UTF-8", 1),
    Row("passwords: a folder", lambda folder: (folder / P).mkdir(), P, "settings-unreadable", "is a folder"),
    Row("passwords: links in a circle", loop(P), P, "settings-unreadable", "symbolic links"),
    Row("passwords: a pipe", pipe(P), P, "settings-unreadable", "no regular file"),
    Row("passwords: more than a megabyte", write(P, BIG), P, "settings-unreadable", "bytes"),
    Row("passwords: not to be read", write(P, b""), P, "settings-unreadable", "denied", patch=forbidden(P)),
    Row("passwords: latin-1", write(P, b"\nnova_password: \xe9\n"), P, "settings-yaml", "not UTF-8", 2),
    Row("overrides: a file", write("config", b"x"), "config", "override-unreadable", "no folder"),
    Row("overrides: links in a circle", loop("config"), "config", "override-unreadable", "symbolic links"),
    Row(
        "overrides: the folder is a file elsewhere",
        write(G, b"\nnode_custom_config: /etc/passwd\n"),
        G,
        "override-unreadable",
        "no folder",
        2,
    ),
    Row("override: links in a circle", loop(K), K, "override-unreadable", "symbolic links", complete=True),
    Row("override: a pipe", pipe(K), K, "override-unreadable", "no regular file", complete=True),
    Row("override: a device", link(K, "/dev/zero"), K, "override-unreadable", "no regular file", complete=True),
    Row("override: a link to nowhere", link(K, "nowhere"), K, "override-unreadable", "No such file", complete=True),
    Row("override: too large", write(K, BIG), K, "override-unreadable", "bytes", complete=True),
    Row(
        "override: not to be read",
        write(K, b""),
        K,
        "override-unreadable",
        "denied",
        complete=True,
        patch=forbidden("keystone.conf"),
    ),
]
