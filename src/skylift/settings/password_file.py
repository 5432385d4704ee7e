"""passwords.yml: read, checked, completed by what is missing, and written so that nobody else can read it.

The file is edited as text: what the user wrote, comments and unknown keys included, stays as it is, byte by byte.
"""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from skylift.model.event import Notice
from skylift.model.problem import Problem, Problems
from skylift.model.secret import Secret
from skylift.model.service import Password
from skylift.settings.complaints import problem
from skylift.settings.document import Document, Entry, parse, read_text
from skylift.settings.generate import yaml_value
from skylift.settings.names import kolla_passwords
from skylift.settings.password_forms import meant, wrong_form, wrong_pair
from skylift.settings.passwords import Passwords

FILE = "passwords.yml"
_HEAD = "# Passwords of this cloud. Those that are missing are generated into this file.\n"


def load_passwords(config_dir: Path, declared: Iterable[Password]) -> Passwords:
    """Return the passwords in ``config_dir``, after generating the declared ones that are missing or ``null``.

    The folder is made with mode 0700 and the file with 0600; a wider mode of the file is mended. Raises Problem, or
    Problems with all that was found; nothing is written then.
    """
    wanted = _once(declared)
    path = config_dir / FILE
    text = read_text(path)
    document = parse(FILE, text)
    _raise(document.problems)
    _raise(_wrong(document, wanted))
    missing = _missing(document, wanted)
    if missing:
        whole = complete(document, missing)
        document = _verified(document, whole)
    notices = _mend(path)
    if missing:
        write(path, whole)
        notices.append(Notice(f"{len(missing)} passwords generated into {path}"))
    return Passwords(_secrets(document), tuple(notices))


def completed(text: str, declared: Iterable[Password]) -> str:
    """Return the text as ``load_passwords`` would write it, with what is missing; one that is no YAML as it is.

    Raises Problem where nothing can be added.
    """
    document = parse(FILE, text)
    missing = [] if document.problems else _missing(document, _once(declared))
    return complete(document, missing) if missing else text


def passwords_of(text: str, declared: Iterable[Password], former: Passwords) -> Passwords:
    """Return the passwords of a file with this text; nothing is written. ``former`` are masked too, where they differ.

    Raises Problem, or Problems with all that was found.
    """
    document = parse(FILE, text)
    _raise(document.problems)
    wanted = list(declared)
    _raise(_wrong(document, wanted))
    values = _secrets(document)
    old = former.all()
    return Passwords(values, former.notices, [value for name, value in old.items() if values.get(name) != value])


def _once(declared: Iterable[Password]) -> list[Password]:
    return list({password.name: password for password in declared}.values())


def _missing(document: Document, wanted: Iterable[Password]) -> list[Password]:
    return [one for one in wanted if (entry := document.entries.get(one.name)) is None or entry.value is None]


def _wrong(document: Document, declared: Sequence[Password]) -> list[Problem]:
    """Return what is wrong with the entries, and names that nobody knows while one much alike is missing."""
    entries = document.entries
    found = [problem for entry in entries.values() for problem in check(entry, declared)]
    known = {one.name for one in declared} | kolla_passwords()
    missing = [one.name for one in declared if one.name not in entries or entries[one.name].value is None]
    for entry in entries.values():
        if entry.key not in known and (name := meant(entry.key, missing)):
            detail = f"there is no password {entry.key}, and {name} is missing"
            found.append(problem("passwords-name", detail, f"Did you mean {name}?", f"{FILE}:{entry.line}"))
    return found


def check(entry: Entry, declared: Sequence[Password]) -> list[Problem]:
    """Return what is wrong with an entry; a value that is not there is not wrong. Never shows the value."""
    kind = next((password.kind for password in declared if password.name == entry.key), None)
    where, value = f"{FILE}:{entry.line}", entry.value
    wrong = ""
    if entry.tag:
        wrong = f"has the YAML tag {entry.tag}, which is not supported: write the value itself"
    elif value is None:
        pass
    elif kind == "ssh-key" or (kind is None and isinstance(value, dict)):
        pair = value if isinstance(value, dict) else {}
        halves = [pair.get(half) for half in ("private_key", "public_key")]
        if not all(isinstance(half, str) and half for half in halves):
            wrong = "must have private_key and public_key" if kind else "must be a single value"
        elif kind:
            wrong = wrong_pair(*map(str, halves))
    elif not isinstance(value, str):
        wrong = "must be a single value"
    elif not value:
        wrong = "is empty: leave nothing after the colon and one is generated"
    elif any(ord(letter) < 32 or ord(letter) == 127 or 0xD800 <= ord(letter) < 0xE000 for letter in value):
        wrong = "holds a line break or a control character" if kind else ""
    elif kind:
        wrong = wrong_form(kind, value)
    return [problem("passwords-value", f"{entry.key} {wrong}", "", where)] if wrong else []


def complete(document: Document, missing: Sequence[Password]) -> str:
    """Return the text with a new value for each of ``missing``: in place of its ``null``, else on a line at the end."""
    text = document.text
    if document.flow:
        detail = f"it is written in braces, and {missing[0].name} has to be added"
        raise problem("settings-yaml", detail, "Write one password a line, without braces.", f"{FILE}:1")
    places = [(document.entries[one.name], one) for one in missing if one.name in document.entries]
    for entry, one in sorted(places, key=lambda place: -place[0].start):
        colon = text.find(":", entry.key_end) + 1
        # A value that is not written at all has no place of its own: the parser puts it on the next line.
        end = entry.end if entry.end > entry.start else colon
        text = text[:colon] + yaml_value(one) + text[end:]
    new = [one for one in missing if one.name not in document.entries]
    if not text:
        text = _HEAD
    if new and not text.endswith("\n"):
        text += "\n"
    return text + "".join(f"{one.name}:{yaml_value(one)}\n" for one in sorted(new, key=lambda one: one.name))


def write(path: Path, text: str) -> None:
    """Write the file in one step, mode 0600, through a link where it is one. Raises Problem."""
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        detail = f"{error.filename or target}: {error.strerror}"
        fix = "Use a folder you may write to: skylift --config DIR …"
        raise problem("settings-unwritable", detail, fix, FILE) from error


def _mend(path: Path) -> list[Notice]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return []
    if not mode & 0o077:
        return []
    try:
        path.chmod(mode & 0o700)
    except OSError as error:
        detail = f"{path} has mode {mode:04o}, and that cannot be changed: {error.strerror}"
        raise problem("passwords-exposed", detail, f"sudo chmod 600 {path}", FILE) from error
    text = f"{path} had mode {mode:04o} and could be read by others; it has {mode & 0o700:04o} now"
    return [Notice(text, "warning", FILE)]


def _verified(before: Document, text: str) -> Document:
    """Return the new text parsed, after making sure that it kept all values. Raises Problem."""
    after = parse(FILE, text)
    kept = not after.problems and all(
        key in after.entries and after.entries[key].value == entry.value
        for key, entry in before.entries.items()
        if entry.value is not None
    )
    if not kept or any(entry.value is None for entry in after.entries.values() if entry.key not in before.entries):
        detail = "new passwords cannot be added at its end without changing what is there"
        raise problem("settings-yaml", detail, "Write one password a line, without «---» and «...» lines.", FILE)
    return after


def _secrets(document: Document) -> dict[str, Secret]:
    values: dict[str, Secret] = {}
    for key, entry in document.entries.items():
        if isinstance(entry.value, str):
            values[key] = Secret(entry.value)
        elif isinstance(entry.value, dict):
            values |= {f"{key}.{half}": Secret(str(value)) for half, value in entry.value.items() if value}
    return values


def _raise(problems: Sequence[Problem]) -> None:
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(tuple(problems))
