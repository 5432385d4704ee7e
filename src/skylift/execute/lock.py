"""One change at a time per cloud: a lock file that says who holds it, and that dies with its holder."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from skylift.model.problem import Problem

PATIENCE = 0.3
"""Seconds to try: :func:`holder` takes the lock for an instant, which must not look like a second run."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock. ``since`` is in epoch seconds, ``command`` the command line as typed."""

    user: str
    pid: int
    command: str
    host: str
    since: float

    def __str__(self) -> str:
        start = datetime.fromtimestamp(self.since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"{self.user} runs `{self.command}` (process {self.pid} on {self.host}) since {start}"


def lock_folder() -> Path:
    """Return where locks live: ``/run/skylift`` for root, else the user's runtime folder. Gone after a boot."""
    if os.geteuid() == 0:
        return Path("/run/skylift")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "skylift"
    return Path(tempfile.gettempdir()) / f"skylift-{os.geteuid()}"


@contextmanager
def cloud_lock(cloud: str, command: Sequence[str] = (), folder: Path | None = None) -> Iterator[Holder]:
    """Hold the lock of ``cloud`` while the body runs.

    The kernel drops the lock when its process ends, however it ends, so a lock is never stale. Raises Problem
    ``locked`` when another process holds it, and ``lock-unwritable`` when its file cannot be made.
    """
    path = _path(cloud, folder)
    me = Holder(
        user=_user(),
        pid=os.getpid(),
        command=" ".join(command or ("skylift", *sys.argv[1:])),
        host=socket.gethostname(),
        since=time.time(),
    )
    descriptor = _acquire(path, cloud)
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(me)).encode(), 0)
        yield me
    finally:
        # Unlinked while still held: whoever waits for this file finds that its path is gone, and makes a new one.
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)
        with suppress(OSError):
            path.parent.rmdir()


def holder(cloud: str, folder: Path | None = None) -> Holder | None:
    """Return who holds the lock of ``cloud`` now, or None. Needs no lock itself."""
    try:
        descriptor = os.open(_path(cloud, folder), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _path(cloud: str, folder: Path | None) -> Path:
    # A cloud's name may not leave the folder.
    return (folder or lock_folder()) / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', cloud)}.lock"


def _acquire(path: Path, cloud: str) -> int:
    deadline = time.monotonic() + PATIENCE
    while True:
        descriptor = _open(path)
        if descriptor is None:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                os.close(descriptor)
                time.sleep(0.03)
                continue
            who = _read(descriptor)
            os.close(descriptor)
            raise Problem(
                code="locked",
                summary="Another skylift is at work on this cloud",
                detail=str(who) if who else "it has not yet written who it is",
                fix=f"Wait until it is done, or stop it: kill -INT {who.pid if who else 'PID'}",
                where=str(path),
            ) from None
        if _is_current(descriptor, path):
            return descriptor
        os.close(descriptor)


def _open(path: Path) -> int | None:
    """Open the lock file, or return None when its folder vanished between two calls (its last user left)."""
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except FileNotFoundError:
        return None
    except OSError as error:
        if isinstance(error, FileExistsError) and (path.parent.is_dir() or not path.parent.exists()):
            # mkdir found the folder, and it was gone when it looked whether it is one; by now it may be there again.
            return None
        raise Problem(
            code="lock-unwritable",
            summary="The lock file cannot be made",
            detail=error.strerror or str(error),
            fix="Make its folder writable for you, or run as the user who owns the cloud.",
            where=str(path),
        ) from error


def _is_current(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one at ``path``: its last holder may have unlinked it meanwhile."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _read(descriptor: int) -> Holder | None:
    try:
        return Holder(**json.loads(os.pread(descriptor, 65536, 0)))
    except (ValueError, TypeError):
        return None


def _user() -> str:
    """Return the user's name; who called sudo matters more than root."""
    with suppress(KeyError, OSError):
        return os.environ.get("SUDO_USER") or getpass.getuser()
    return str(os.geteuid())
