"""What the user wrote: globals.yml, passwords.yml, overrides → Settings, Passwords, Overrides. Errors carry the line.

pydantic and ruamel.yaml take 0.3 s to import, so what needs them is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skylift.settings.folder import config_dir
    from skylift.settings.globals_file import load, load_text
    from skylift.settings.overrides import Overrides, load_overrides
    from skylift.settings.password_file import load_passwords, passwords_of
    from skylift.settings.passwords import Passwords
    from skylift.settings.settings import Settings

_HOMES = {
    "Overrides": "overrides",
    "Passwords": "passwords",
    "Settings": "settings",
    "config_dir": "folder",
    "load": "globals_file",
    "load_overrides": "overrides",
    "load_passwords": "password_file",
    "load_text": "globals_file",
    "passwords_of": "password_file",
}

__all__ = [
    "Overrides",
    "Passwords",
    "Settings",
    "config_dir",
    "load",
    "load_overrides",
    "load_passwords",
    "load_text",
    "passwords_of",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"skylift.settings.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
