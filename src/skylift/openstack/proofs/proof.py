"""What a proof is, and how proofs are found: each module of ``checks/`` declares one as ``PROOF``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skylift.openstack.proofs.bench import Bench


@dataclass(frozen=True, slots=True)
class Proof:
    """One capability, shown by real requests, or (``shown`` False) something that proofs build on.

    ``run`` returns what was seen, or raises :class:`Unproven` or a Problem. ``service`` is the service that must be
    enabled. ``needs`` must have held before this is tried; ``after`` must only have ended, as this disturbs them.
    ``place`` is its place in the report.
    """

    name: str
    title: str
    service: str
    run: Callable[[Bench], Awaitable[str]]
    place: int = 0
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    shown: bool = True


class Unproven(Exception):  # noqa: N818 - it says what it is
    """A proof did not hold: what was expected, what was seen, and evidence in lines of text."""

    def __init__(self, expected: str, seen: str, evidence: tuple[str, ...] = ()) -> None:
        super().__init__(expected, seen, evidence)
        self.expected = expected
        self.seen = seen
        self.evidence = evidence

    def __str__(self) -> str:
        return "\n".join((f"expected {self.expected}; seen: {self.seen}", *self.evidence))


def load() -> tuple[Proof, ...]:
    """Return every declared proof, in no particular order."""
    from skylift.openstack.proofs import checks

    found = []
    for module in pkgutil.iter_modules(checks.__path__, checks.__name__ + "."):
        found.append(importlib.import_module(module.name).PROOF)
    return tuple(found)
