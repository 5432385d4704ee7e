"""What a rendered file was made from: kept on the container, so that a later plan can say which of them changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

LONGEST = 200
"""Letters of a value that are kept; a longer one is kept as a digest."""


MACHINE = "this machine"
"""The source of what was found out, not written."""


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """One input of a template.

    ``name`` is a key of globals.yml, ``password KEY``, ``service NAME`` (value ``on``), ``machine FACT``, or the path
    of an override file (``config/nova.conf``). ``value`` is text; of a password or a file only a digest. ``source``
    says where it was written: ``globals.yml:12``, ``default``.
    """

    name: str
    value: str
    source: str = "default"

    @classmethod
    def plain(cls, name: str, value: object, source: str = "default") -> Input:
        """Return the input for a value that may be shown."""
        text = "" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)
        return cls(name, text if len(text) <= LONGEST else digest(text), source)

    @classmethod
    def password(cls, key: str, text: str) -> Input:
        """Return the input for a password: 16 bits of a digest, enough to see a change, too little to guess it by."""
        return cls(f"password {key}", digest(f"{key}\0{text}")[:4], "passwords.yml")


def digest(text: str) -> str:
    """Return the first 16 hex digits of SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
