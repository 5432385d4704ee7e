"""A plan: operations that lead from observed to desired, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One call to an engine or an API.

    ``action`` is dotted (``container.create``), ``target`` what it acts on, ``cause`` why, in the user's terms.
    ``needs`` are the ids of operations that must have succeeded. ``payload`` is what the handler needs; never shown.
    """

    id: str
    action: str
    target: str
    cause: str
    service: str = ""
    needs: frozenset[str] = frozenset()
    payload: Any = field(default=None, repr=False, compare=False, hash=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, without the payload."""
        return {
            "id": self.id,
            "action": self.action,
            "target": self.target,
            "cause": self.cause,
            "service": self.service,
            "needs": sorted(self.needs),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """Operations in an order that respects their needs."""

    cloud: str
    operations: tuple[Operation, ...] = ()

    def __len__(self) -> int:
        return len(self.operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    @property
    def empty(self) -> bool:
        """True when nothing is to be done."""
        return not self.operations

    def sorter(self) -> TopologicalSorter[str]:
        """Return a sorter over operation ids. Raises graphlib.CycleError when the needs go round."""
        return TopologicalSorter({op.id: op.needs for op in self.operations})

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {"cloud": self.cloud, "operations": [op.as_dict() for op in self.operations]}
