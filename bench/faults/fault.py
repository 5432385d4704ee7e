"""What a fault is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.faults.lab import Lab

Inject = Callable[[Lab], Any]
Undo = Callable[[Lab, Any], None]
READ = ("code", "summary", "cause", "where")
"""Where a finding names its cause: what it brings as evidence, or says of the fix, does not count."""


@dataclass(frozen=True)
class Fault:
    """One fault. ``inject`` makes it, and what it returns is handed to ``undo``.

    ``expected`` are regular expressions: doctor's first finding names the cause when each is found in it. ``heals``
    tells that the cloud is expected to come back by itself, within ``patience`` seconds; else they are what symptoms
    are given to show. ``there`` tells whether the fault is still there, where that shows in nothing else. ``applies``
    tells that ``skylift apply`` is expected to mend it: it is tried before ``undo``.
    """

    name: str
    inject: Inject
    expected: tuple[str, ...]
    undo: Undo | None = None
    heals: bool = False
    patience: float = 15.0
    there: Callable[[Lab], bool] | None = None
    applies: bool = False

    @property
    def mended_by_apply(self) -> bool:
        """Whether ``skylift apply`` comes first."""
        return self.applies or self.undo is None


def names(finding: Mapping[str, Any], expected: tuple[str, ...]) -> bool:
    """Return whether a finding of ``skylift doctor --json`` has each of ``expected`` where it names the cause."""
    text = "\n".join(str(finding.get(key) or "") for key in READ)
    return all(re.search(pattern, text, re.IGNORECASE) for pattern in expected)


def container(short: str) -> str:
    """Return the pattern of a container's name, and of no longer one: ``nova_api`` also as ``nova-api``."""
    return rf"(?<![a-z_]){short.replace('_', '[-_]')}(?![a-z_-])"
