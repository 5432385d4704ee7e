"""What a run looks like at one moment, made from its events. Knows no terminal and no clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from skylift.cli.views import words
from skylift.model.event import (
    Event,
    PhaseFinished,
    PhaseStarted,
    PlanMade,
    StepFinished,
    StepProgress,
    StepStarted,
)


@dataclass
class Item:
    """What a person sees as one thing to do: all operations on one target, or many small ones of a kind.

    ``left`` are the ids of its unfinished operations, ``needs`` those of others it waits for. ``since`` is when it
    began to run, ``seconds`` how long at least one of its operations has run before.
    """

    kind: str
    label: str
    verbs: list[str] = field(default_factory=list)
    cause: str = ""
    members: list[str] = field(default_factory=list)
    left: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    running: set[str] = field(default_factory=set)
    since: float = 0.0
    seconds: float = 0.0
    state: str = ""
    detail: str = ""
    news: str = ""
    waiting_for: str = ""

    @property
    def name(self) -> str:
        """The label; for a group the number of its members (``14 volumes``), or its only one."""
        if len(self.members) == 1:
            return self.members[0]
        return f"{len(self.members)} {self.label}" if self.members else self.label


@dataclass
class Phase:
    """A phase of the run and how far it is."""

    name: str
    since: float
    total: int = 0
    done: int = 0
    failed: bool = False


class Board:
    """Keeps items and phases up to date; ``take`` returns the item that an event finished or failed, if any."""

    def __init__(self) -> None:
        self.phases: dict[str, Phase] = {}
        self._items: dict[str, Item] = {}
        self._of_step: dict[str, Item] = {}
        self._succeeded: set[str] = set()
        self._held: list[Item] = []
        self.last_failed = False
        """Whether a step of the phase that ended last had failed."""

    def take(self, event: Event, now: float) -> Item | None:
        """Take one event that happened at ``now`` (seconds of any steady clock)."""
        match event:
            case PhaseStarted():
                self.phases[event.phase] = Phase(event.phase, now, event.total)
            case PhaseFinished():
                ended = self.phases.pop(event.phase, None)
                self.last_failed = ended is not None and ended.failed
            case PlanMade():
                for operation in event.operations:
                    self._plan(operation["id"], operation["action"], operation["target"], operation["cause"])
                    self._of_step[operation["id"]].needs |= set(operation["needs"])
            case StepStarted():
                if event.step not in self._of_step:
                    self._plan(event.step, event.action, event.target, event.cause)
                item = self._of_step[event.step]
                if not item.running:
                    item.since = now
                item.running.add(event.step)
                item.news = item.waiting_for = ""
            case StepProgress() if event.step in self._of_step:
                item = self._of_step[event.step]
                item.news, item.waiting_for = event.text, event.waiting_for
            case StepFinished() if event.step in self._of_step:
                return self._finish(event, now)
            case StepFinished() if event.state in ("blocked", "skipped"):
                self._held.append(Item("", event.step, state=event.state))
            case _:
                pass
        return None

    def running(self) -> list[Item]:
        """Return the items that run, longest first."""
        return sorted((item for item in self._items.values() if item.running), key=lambda item: item.since)

    def waiting(self) -> Iterator[tuple[Item, list[str]]]:
        """Yield the items that have not begun and what they wait for, those that wait for least first."""
        found = []
        for item in self._items.values():
            if item.left and not item.running and not item.state:
                unmet = item.needs - self._succeeded - item.left
                names = sorted({self._of_step[step].name for step in unmet if step in self._of_step})
                if names:
                    found.append((item, names))
        yield from sorted(found, key=lambda pair: (len(pair[1]), pair[0].name))

    def held(self) -> tuple[list[str], list[str]]:
        """Return the names of what was blocked and what was skipped since this was asked last.

        One failure can hold up dozens: they are worth one line, not dozens.
        """
        blocked = [item.name for item in self._held if item.state == "blocked"]
        skipped = [item.name for item in self._held if item.state == "skipped"]
        self._held = []
        return blocked, skipped

    def _plan(self, step: str, action: str, target: str, cause: str) -> None:
        word = words.group(action)
        kind = "container" if action.startswith("job.") else words.kind(action)
        key = action if word else f"{kind} {target}"
        item = self._items.get(key)
        if item is None or (not word and not item.left):
            label = word or words.short(target)
            item = self._items[key] = Item("job" if action.startswith("job.") else words.kind(action), label)
        if word:
            item.members.append(words.short(target))
        if action.startswith("job."):
            item.kind = "job"
        verb = words.verb(action)
        if verb not in item.verbs:
            item.verbs.append(verb)
        item.cause = item.cause or cause
        item.left.add(step)
        self._of_step[step] = item

    def _finish(self, event: StepFinished, now: float) -> Item | None:
        item = self._of_step[event.step]
        if event.step in item.running:
            item.running.discard(event.step)
            item.seconds += 0.0 if item.running else max(0.0, now - item.since)
        item.left.discard(event.step)
        for phase in self.phases.values():
            phase.done += 1
            phase.failed = phase.failed or event.state == "failed"
        if event.state == "ok":
            self._succeeded.add(event.step)
            item.detail = event.detail or item.detail
        elif item.state != "failed":
            item.state = event.state
            problem = event.problem or {}
            # What a proof saw says more than that it did not hold.
            seen = event.detail if item.kind == "proof" else problem.get("summary", "")
            item.detail = (seen or event.detail).partition("\n")[0]
        if item.left and event.state != "failed":
            return None
        item.state = item.state or "ok"
        if item.state in ("blocked", "skipped"):
            self._held.append(item)
            return None
        return item if event.state == "failed" or item.state != "failed" else None
