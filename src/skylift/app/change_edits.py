"""What ``set``, ``unset``, ``enable`` and ``disable`` make of globals.yml. Nothing is written here."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from skylift import services
from skylift.app.dependencies import left_without, missing
from skylift.model.problem import Problem
from skylift.model.service import Service
from skylift.settings import Settings, load
from skylift.settings.complaints import problem
from skylift.settings.document import parse, read_text
from skylift.settings.edit import drop, put
from skylift.settings.edit_file import save
from skylift.settings.keys import Globals
from skylift.settings.names import WHY, is_kolla_key, is_password, nearest

GLOBALS, PASSWORDS = "globals.yml", "passwords.yml"
_TRUTHS = frozenset({"true", "false", "yes", "no", "on", "off"})


@dataclass(frozen=True)
class Edit:
    """A settings file as it is and as it is to be, and the ``verb`` that asks for it.

    ``names`` are passwords that get new values, of which nothing is shown. ``leaving`` are services that go off, and
    ``erase`` those of them that lose their data.
    """

    verb: str
    folder: Path
    file: str
    before: str
    after: str
    names: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    erase: frozenset[str] = frozenset()

    @property
    def texts(self) -> dict[str, str]:
        """The edited text by the file's name, for ``Workspace.open``."""
        return {self.file: self.after}

    @property
    def diff(self) -> tuple[str, ...]:
        """A unified diff; empty for passwords, and where nothing changes."""
        if self.names:
            return ()
        old, new = (text.replace("\r\n", "\n").splitlines() for text in (self.before, self.after))
        return tuple(difflib.unified_diff(old, new, self.file, self.file, lineterm="", n=1))

    def save(self) -> None:
        """Write the file where it changes. Raises Problem."""
        if self.after != self.before:
            save(self.folder / self.file, self.before, self.after, private=self.file == PASSWORDS)


def set_key(folder: Path, key: str, value: str) -> Edit:
    """Return the edit that gives ``key`` a value. Raises Problem for a key that does not exist or has no effect."""
    _known(key)
    text = read_text(folder / GLOBALS)
    # YAML 1.1 reads these words as truth values; where text is wanted they are put in quotes.
    field = Globals.model_fields.get(key)
    quoted = field is not None and value.lower() in _TRUTHS and str in (field.annotation, *get_args(field.annotation))
    return Edit("set", folder, GLOBALS, text, put(text, key, value, quoted=quoted))


def unset_key(folder: Path, key: str) -> Edit:
    """Return the edit that takes ``key`` out. Raises Problem for a key that is neither in the file nor known."""
    text = read_text(folder / GLOBALS)
    if key not in parse(GLOBALS, text).entries:
        _known(key)
    return Edit("unset", folder, GLOBALS, text, drop(text, key))


def enable(folder: Path, names: Sequence[str], *, with_deps: bool = False) -> Edit:
    """Return the edit that switches services on, ``with_deps`` all that they need as well.

    Raises Problem ``service-unknown``, ``requirement-missing``.
    """
    declared, settings = services.load(), load(folder, services.load())
    chosen = [_service(name, declared) for name in names]
    needs = missing(names, declared, _on(declared, settings), settings.enables)
    additions = [need.add for need in needs if need.add]
    if needs and not (with_deps and len(additions) == len(needs)):
        raise Problem(
            code="requirement-missing",
            summary="An enabled service needs another one that is off",
            detail="; ".join(map(str, needs)),
            fix=f"skylift enable {' '.join(names)} --with-deps   (switches on {', '.join(additions)} as well)"
            if len(additions) == len(needs)
            else "Set one of these keys with: skylift set KEY yes --plan",
        )
    chosen += [_service(name, declared) for name in additions]
    text = before = read_text(folder / GLOBALS)
    for service in chosen:
        if service.enabled_by and not settings.enables(service.enabled_by):
            text = put(text, service.enabled_by, "yes")
    return Edit("enable", folder, GLOBALS, before, text)


def disable(folder: Path, names: Sequence[str], *, delete_data: bool = False) -> Edit:
    """Return the edit that switches services off.

    Raises Problem ``service-unknown``, ``service-always-on`` and, when another that stays on needs it,
    ``service-needed``.
    """
    declared, settings = services.load(), load(folder, services.load())
    chosen = [_service(name, declared) for name in names]
    always = [service.name for service in chosen if not service.enabled_by]
    if always:
        switches = ", ".join(service.name for service in declared if service.enabled_by)
        raise Problem(
            code="service-always-on",
            summary="This service is always on",
            detail=f"{', '.join(always)}: a cloud does not work without",
            fix=f"Services that can be off: {switches}",
        )
    users = left_without(set(names), declared, _on(declared, settings), settings.enables)
    if users:
        raise Problem(
            code="service-needed",
            summary="A service that stays on needs one that would go off",
            detail="; ".join(f"{name} needs {', '.join(needs)}" for name, needs in users.items()),
            fix=f"skylift disable {' '.join([*users, *names])}",
        )
    text = before = read_text(folder / GLOBALS)
    for service in chosen:
        if settings.enables(service.enabled_by):
            text = put(text, service.enabled_by, "no")
    return Edit(
        "disable", folder, GLOBALS, before, text, leaving=tuple(names), erase=frozenset(names if delete_data else ())
    )


def _on(declared: Sequence[Service], settings: Settings) -> set[str]:
    return {service.name for service in declared if settings.enables(service.enabled_by)}


def _service(name: str, declared: Sequence[Service]) -> Service:
    found = {service.name: service for service in declared}
    if name in found:
        return found[name]
    near = difflib.get_close_matches(name.lower().removeprefix("enable_"), list(found), 1, 0.6)
    raise Problem(
        code="service-unknown",
        summary="There is no service of this name",
        detail=f"{name} is not among {', '.join(sorted(found))}",
        fix=f"Did you mean {near[0]}?" if near else "skylift services",
    )


def _known(key: str) -> None:
    """Raise Problem for a key that globals.yml cannot have, or that has no effect."""
    declared = services.load()
    switches = [service.enabled_by or f"enable_{service.name}" for service in declared]
    if key in Globals.model_fields or key in switches:
        return
    if is_password(key):
        detail = f"{key} belongs in passwords.yml, and no password belongs on a command line"
        fix = f"skylift rotate {key}   (makes a new one), or write it into passwords.yml and: skylift apply"
        raise problem("settings-misplaced-password", detail, fix)
    if is_kolla_key(key):
        why = WHY.get(key)
        detail = f"{key} is not supported yet" + (f": {why}" if why else "")
        raise problem("settings-no-effect", detail, "The keys that have one are in docs/settings.md.")
    near = nearest(key, [*Globals.model_fields, *switches])
    fix = f"Did you mean {near}?" if near else "The names are in docs/settings.md."
    raise problem("settings-unknown-key", f"there is no setting {key if key.isprintable() else ascii(key)}", fix)
