"""A run on a time axis, made from its recorded events: what ran when, what decided its length, what failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skylift.model import naming

if TYPE_CHECKING:
    from skylift.journal.record import RunRecord


@dataclass
class Bar:
    """One operation: begin and end in seconds since the start of the run. ``state`` is running when it never ended."""

    step: str
    action: str
    target: str
    begin: float
    end: float
    state: str = "running"
    needs: frozenset[str] = frozenset()
    detail: str = ""
    problem: Mapping[str, str] | None = None

    @property
    def verb(self) -> str:
        """The action alone: ``create``."""
        return naming.verb(self.action)

    @property
    def name(self) -> str:
        """What it acts on, as people call it."""
        return naming.short(self.target)

    @property
    def seconds(self) -> float:
        """How long it ran."""
        return self.end - self.begin

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {
            "step": self.step,
            "action": self.action,
            "target": self.target,
            "begin": round(self.begin, 3),
            "seconds": round(self.seconds, 3),
            "state": self.state,
            "detail": self.detail,
        }


@dataclass
class Row:
    """The operations on one target, or many small ones of a kind."""

    label: str
    bars: list[Bar] = field(default_factory=list)

    @property
    def begin(self) -> float:
        """When the longest of its bars begins: containers are all created at once, and that would tell nothing."""
        return max(self.bars, key=lambda bar: bar.seconds).begin

    @property
    def busy(self) -> float:
        """Seconds in which at least one of its bars ran."""
        total, reached = 0.0, 0.0
        for bar in sorted(self.bars, key=lambda bar: bar.begin):
            total += max(0.0, bar.end - max(bar.begin, reached))
            reached = max(reached, bar.end)
        return total

    @property
    def failed(self) -> bool:
        """Whether one of its bars failed."""
        return any(bar.state == "failed" for bar in self.bars)


@dataclass
class Timeline:
    """Rows in order of their beginning; phases with begin and end; the critical path, first to last; length in seconds.

    ``blocked`` and ``skipped`` are steps that never began.
    """

    rows: list[Row]
    phases: list[tuple[str, float, float]]
    chain: list[Bar]
    length: float
    blocked: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def bars(self) -> list[Bar]:
        """All bars, in order of their rows."""
        return [bar for row in self.rows for bar in row.bars]

    @property
    def slowest(self) -> list[Bar]:
        """All bars, the slowest first."""
        return sorted(self.bars, key=lambda bar: -bar.seconds)

    @property
    def failed(self) -> list[Bar]:
        """The bars that failed, in order of their end."""
        return sorted((bar for bar in self.bars if bar.state == "failed"), key=lambda bar: bar.end)

    @property
    def chain_seconds(self) -> float:
        """How long the operations of the critical path ran, one after another."""
        return sum(bar.seconds for bar in self.chain)

    @property
    def chain_share(self) -> float:
        """The part of the run's length that the critical path took, 0 to 1."""
        return self.chain_seconds / self.length if self.length else 0.0

    def as_dict(self, number: int = 10) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {
            "length": round(self.length, 3),
            "phases": [
                {"phase": name, "begin": round(begin, 3), "seconds": round(end - begin, 3)}
                for name, begin, end in self.phases
            ],
            "critical_path": {
                "seconds": round(self.chain_seconds, 3),
                "share": round(self.chain_share, 3),
                "steps": [bar.as_dict() for bar in self.chain],
            },
            "slowest": [bar.as_dict() for bar in self.slowest[:number]],
            "failed": [{**bar.as_dict(), "problem": bar.problem and dict(bar.problem)} for bar in self.failed],
            "blocked": list(self.blocked),
            "skipped": list(self.skipped),
            "rows": [
                {"target": row.label, "seconds": round(row.busy, 3), "bars": [bar.as_dict() for bar in row.bars]}
                for row in self.rows
            ],
        }


def read(events: Iterable[Mapping[str, Any]]) -> Timeline:
    """Return the timeline of events as dictionaries with ``t``, their offset in seconds."""
    bars: dict[str, Bar] = {}
    rows: dict[str, Row] = {}
    needs: dict[str, frozenset[str]] = {}
    begun: dict[str, float] = {}
    phases: list[tuple[str, float, float]] = []
    held: dict[str, list[str]] = {"blocked": [], "skipped": []}
    now = 0.0
    for event in events:
        now = max(now, float(event["t"]))
        match event["kind"]:
            case "plan-made":
                needs |= {operation["id"]: frozenset(operation["needs"]) for operation in event["operations"]}
            case "phase-started":
                begun[event["phase"]] = now
            case "phase-finished" if event["phase"] in begun:
                phases.append((event["phase"], begun.pop(event["phase"]), now))
            case "step-started":
                action, step, target = event["action"], event["step"], event["target"]
                bar = bars[step] = Bar(step, action, target, now, now, needs=needs.get(step, frozenset()))
                key, label = _row(action, target)
                rows.setdefault(key, Row(label)).bars.append(bar)
            case "step-finished" if event["step"] in bars:
                bar = bars[event["step"]]
                bar.end, bar.state = now, event["state"]
                bar.detail, bar.problem = event.get("detail") or "", event.get("problem")
            case "step-finished" if event["state"] in held:
                held[event["state"]].append(event["step"])
    for bar in bars.values():
        if bar.state == "running":
            bar.end = now
    phases += [(name, begin, now) for name, begin in begun.items()]
    return Timeline(
        rows=sorted(rows.values(), key=lambda row: row.begin),
        phases=sorted(phases, key=lambda phase: phase[1]),
        chain=longest_chain(bars),
        length=now,
        blocked=tuple(held["blocked"]),
        skipped=tuple(held["skipped"]),
    )


def longest_chain(bars: Mapping[str, Bar]) -> list[Bar]:
    """Return the operations that decided when the planned work ended, first to last.

    From the last one to end, always back to what it had waited for longest.
    """
    needed = {need for bar in bars.values() for need in bar.needs}
    planned = [bar for bar in bars.values() if bar.needs or bar.step in needed]
    if not planned:
        return []
    bar = sorted(planned, key=lambda bar: bar.end)[-1]  # of several at once the one that began last
    chain = [bar]
    while before := [bars[need] for need in bar.needs if need in bars]:
        bar = max(before, key=lambda bar: bar.end)
        chain.insert(0, bar)
    return chain


def of_record(record: RunRecord) -> Timeline:
    """Return the timeline of a recorded run."""
    return read({"t": event.offset, "kind": event.kind, **event.fields} for event in record.events)


def _row(action: str, target: str) -> tuple[str, str]:
    if group := naming.group(action):
        return action, group
    kind = "container" if action.startswith("job.") else naming.kind(action)
    return f"{kind} {target}", naming.short(target)
