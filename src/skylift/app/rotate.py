"""What ``rotate`` makes of passwords.yml: new values for old ones, and everything else as it was."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from skylift import services
from skylift.app.change_edits import PASSWORDS, Edit
from skylift.model.problem import Problem
from skylift.model.service import Password, Service
from skylift.settings import Settings, load, load_passwords
from skylift.settings.complaints import problem
from skylift.settings.document import parse, read_text
from skylift.settings.edit import put
from skylift.settings.generate import yaml_value


def rotate(folder: Path, names: Sequence[str], *, every: bool = False) -> Edit:
    """Return the edit that gives the named passwords (or ``every`` one that can) new values.

    Raises Problem ``passwords-unknown``, and ``password-fixed`` for what cannot be replaced, with the reason. Passwords
    of services that are off stay: nobody would carry the new ones to where the old ones are kept.
    """
    declared = services.load()
    why = reasons(declared, load(folder, declared))
    kinds = {one.name: one for service in declared for one in service.passwords}
    chosen = [name for name in kinds if not why.get(name)] if every else list(dict.fromkeys(names))
    for name in chosen:
        _check(name, kinds, why)
    # Those that are missing are generated, which is the first change.
    load_passwords(folder, [one for service in declared for one in service.passwords])
    text = before = read_text(folder / PASSWORDS)
    for name in chosen:
        text = renewed(text, kinds[name])
    return Edit("rotate", folder, PASSWORDS, before, text, names=tuple(chosen))


def reasons(declared: Sequence[Service], settings: Settings) -> dict[str, str]:
    """Return for each declared password why it cannot be replaced now; empty where it can."""
    found: dict[str, str] = {}
    for service in declared:
        for one in service.passwords:
            on = settings.enables(service.enabled_by)
            off = "" if on else f"{service.name} is off: skylift enable {service.name}"
            # One that several services have can be replaced as soon as one of them is on.
            found[one.name] = one.fixed or (off and found.get(one.name, off))
    return found


def renewed(text: str, password: Password) -> str:
    """Return passwords.yml with another value for ``password``. Raises Problem where the line cannot be edited."""
    old = parse(PASSWORDS, text).entries[password.name].value
    while (value := yaml_value(password).strip().strip('"')) == old:
        pass
    # Hexadecimal digits may look like a number to others who read the file.
    return put(text, password.name, value, quoted=password.kind == "hex", name=PASSWORDS)


def _check(name: str, kinds: dict[str, Password], why: dict[str, str]) -> None:
    if name not in kinds:
        near = difflib.get_close_matches(name.lower(), list(kinds), 1, 0.6)
        fix = f"Did you mean {near[0]}?" if near else f"Those there are: {', '.join(sorted(kinds))}"
        raise problem("passwords-unknown", f"no service has a password {name}", fix, PASSWORDS)
    if why[name]:
        raise Problem(
            code="password-fixed",
            summary="This password cannot be replaced",
            detail=f"{name}: {why[name]}",
            fix="Leave it out; 'skylift rotate --all' replaces all that can be.",
            where=PASSWORDS,
        )
