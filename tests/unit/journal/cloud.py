"""A workspace without an engine: settings and passwords alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from skylift import services
from skylift.app.workspace import Workspace
from skylift.model.secret import Secret
from skylift.settings import Passwords, load


class Cloud(Workspace):
    """Settings of a folder, passwords of one's own."""

    def __init__(self, folder: Path, passwords: Passwords) -> None:
        self.folder = folder
        self.declared = services.load()
        self.settings = load(folder, self.declared, {})
        self.passwords = passwords

    @classmethod
    def of(cls, folder: Path, passwords: Mapping[str, str]) -> Cloud:
        """Return a cloud with these passwords by name."""
        return cls(folder, Passwords({name: Secret(value) for name, value in passwords.items()}))
