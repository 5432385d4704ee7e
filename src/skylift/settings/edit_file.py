"""Write a settings file that was edited: in one step, with its old mode and owner, through a link where it is one."""

from __future__ import annotations

import codecs
import os
import stat
import uuid
from pathlib import Path

from skylift.settings.complaints import problem
from skylift.settings.document import read_text


def save(path: Path, before: str, after: str, *, private: bool = False) -> None:
    """Replace ``before``, which the file must still say, by ``after``. All may read a new file, unless ``private``.

    Raises Problem ``settings-moved`` when somebody else has changed it meanwhile, and ``settings-unwritable``.
    """
    if read_text(path) != before:
        fix = "Repeat the command: it starts from what the file says now."
        raise problem("settings-moved", f"{path} was changed by somebody else meanwhile", fix, path.name)
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        old = target.stat() if target.exists() else None
        mark = codecs.BOM_UTF8 if old and target.read_bytes().startswith(codecs.BOM_UTF8) else b""
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(mark + after.encode())
                file.flush()
                if old and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                    os.fchown(descriptor, old.st_uid, old.st_gid)
                mode = stat.S_IMODE(old.st_mode) if old else 0o644
                os.fchmod(descriptor, mode & 0o700 if private else mode)
                os.fsync(descriptor)
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _to_disk(target.parent)
    except (OSError, UnicodeEncodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it has characters that UTF-8 does not know"
        fix = "Use a folder you may write to: skylift --config DIR …"
        raise problem("settings-unwritable", f"{target}: {why}", fix, path.name) from error


def _to_disk(folder: Path) -> None:
    """Have the new name survive a loss of power: what is carried out next relies on it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
