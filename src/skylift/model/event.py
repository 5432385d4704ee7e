"""Events: the one source that terminal, JSON output, journal and web page are fed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Literal

OperationState = Literal["ok", "failed", "blocked", "skipped"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run. ``kind`` names it in JSON; the clock is added by the sinks that need it."""

    kind: ClassVar[str] = "event"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: ``kind`` and the fields."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """A run begins. ``command`` is the command line's verb (``up``)."""

    kind: ClassVar[str] = "run-started"
    run: str
    command: str
    cloud: str


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    """A run ended. ``outcome``: ok, failed, interrupted. ``seconds`` is wall time."""

    kind: ClassVar[str] = "run-finished"
    run: str
    outcome: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RunResult(Event):
    """What a run leads to, for those who read its events: endpoints, credentials' path, proofs, seconds by phase."""

    kind: ClassVar[str] = "run-result"
    values: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: ``kind`` and the values themselves."""
        return {"kind": self.kind, **self.values}


@dataclass(frozen=True, slots=True)
class PhaseStarted(Event):
    """A phase of a use case begins (images, checks, plan, apply, verify). ``total`` operations, 0 when unknown."""

    kind: ClassVar[str] = "phase-started"
    phase: str
    total: int = 0


@dataclass(frozen=True, slots=True)
class PhaseFinished(Event):
    """A phase ended after ``seconds``."""

    kind: ClassVar[str] = "phase-finished"
    phase: str
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PlanMade(Event):
    """The plan of a run, before its first operation: ``Operation.as_dict()`` of each, in order.

    What waits, and for what, follows from the ``needs``.
    """

    kind: ClassVar[str] = "plan-made"
    operations: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    """A step within a phase begins: an operation, an image build, a proof. ``target`` is what it acts on."""

    kind: ClassVar[str] = "step-started"
    step: str
    action: str
    target: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class StepProgress(Event):
    """A line of news from a running step; ``waiting_for`` says what it waits for."""

    kind: ClassVar[str] = "step-progress"
    step: str
    text: str = ""
    waiting_for: str = ""


@dataclass(frozen=True, slots=True)
class StepFinished(Event):
    """A step ended. ``problem`` is a Problem's dictionary when ``state`` is failed."""

    kind: ClassVar[str] = "step-finished"
    step: str
    state: OperationState
    seconds: float
    detail: str = ""
    problem: dict[str, str] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """Something the user should know that is no failure. ``level``: info or warning."""

    kind: ClassVar[str] = "notice"
    text: str
    level: Literal["info", "warning"] = "info"
    where: str = ""


def from_dict(value: Mapping[str, Any]) -> Event | None:
    """Return the event of a dictionary made by :meth:`Event.as_dict`; None for a kind this version does not know.

    Keys that are no field (``at``, ``kind``) are passed over. Raises TypeError when a field is missing.
    """
    known = {kind.kind: kind for kind in Event.__subclasses__()}.get(str(value.get("kind", "")))
    if known is None:
        return None
    if known is RunResult:
        return RunResult({name: item for name, item in value.items() if name not in ("kind", "t", "at")})
    given = {name: value[name] for name in (f.name for f in fields(known)) if name in value}
    if "operations" in given:
        given["operations"] = tuple(given["operations"])
    return known(**given)


Sink = Callable[[Event], None]
"""Takes each event as it happens; must not raise and must not block for long."""
