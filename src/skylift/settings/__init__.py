"""What the user wrote: globals.yml, passwords.yml → Settings and Passwords. Errors carry file and line.

pydantic and ruamel.yaml take 0.3 s to import, so what needs them is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skylift.settings.folder import config_dir
    from skylift.settings.globals_file import load, load_text
    from skylift.settings.password_file import load_passwords
    from skylift.settings.passwords import Passwords
    from skylift.settings.settings import Settings

_HOMES = {
    "Passwords": "passwords",
    "Settings": "settings",
    "config_dir": "folder",
    "load": "globals_file",
    "load_passwords": "password_file",
    "load_text": "globals_file",
}

__all__ = ["Passwords", "Settings", "config_dir", "load", "load_passwords", "load_text"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"skylift.settings.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
