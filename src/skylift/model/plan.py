"""A plan: operations that lead from observed to desired, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

AWAITED = "others wait for it"
"""The cause of waiting for a container that is left alone, but is not ready yet: no change of its own."""


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
class FileChange:
    """One configuration file that will be another: ``lines`` are a unified diff, secrets masked."""

    path: str
    lines: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class InputChange:
    """An input of the files (see :class:`skylift.model.inputs.Input`) with its old and new value, empty for none."""

    name: str
    old: str
    new: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one container, for a reader.

    ``verdict``: create, recreate, restart, start, reload, remove. ``causes`` are in the user's terms. ``files`` are
    paths of configuration files that differ, ``inputs`` what they are made from that changed, ``diffs`` what the files
    lose and get.
    """

    target: str
    service: str
    verdict: str
    causes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    inputs: tuple[InputChange, ...] = ()
    diffs: tuple[FileChange, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "target": self.target,
            "service": self.service,
            "verdict": self.verdict,
            "causes": list(self.causes),
            "files": [{"path": diff.path, "diff": list(diff.lines)} for diff in self.diffs],
        }


@dataclass(frozen=True, slots=True)
class Interruption:
    """Something that does not answer for a while: ``what`` in words, by whose ``target``, for about ``seconds``."""

    what: str
    target: str
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"what": self.what, "target": self.target, "seconds": round(self.seconds, 1)}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What carrying out a plan will be like: ``seconds`` it takes, what is interrupted, what happens to guests.

    ``known`` is the share of the operations whose duration is known from earlier runs. ``gone`` is what no longer
    answers afterwards.
    """

    seconds: float = 0.0
    known: float = 0.0
    interruptions: tuple[Interruption, ...] = ()
    guests: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "seconds": round(self.seconds, 1),
            "known": round(self.known, 2),
            "interruptions": [one.as_dict() for one in self.interruptions],
            "guests": list(self.guests),
            "gone": list(self.gone),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """Operations in an order that respects their needs; what they mean to each container, and to those who use it."""

    cloud: str
    operations: tuple[Operation, ...] = ()
    changes: tuple[Change, ...] = ()
    outlook: Outlook | None = None
    notes: tuple[str, ...] = ()
    """What the reader should know besides: why a limited plan was widened, what a settings file should say."""

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
        return {
            "cloud": self.cloud,
            "operations": [op.as_dict() for op in self.operations],
            "changes": [change.as_dict() for change in self.changes],
            "outlook": self.outlook.as_dict() if self.outlook else None,
            "notes": list(self.notes),
        }
