"""A value that must never be shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """Text that prints as ``***``; only :meth:`reveal` gives it, so that every use can be found by its name."""

    _value: str

    def reveal(self) -> str:
        """Return the text itself, for a file of mode 0600 or a request body; for nothing else."""
        return self._value

    def __str__(self) -> str:
        return "***"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return "***"
