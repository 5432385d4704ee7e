"""The graph walk: order, failure, interruption."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from skylift.execute.walk import Handler, Outcome, walk
from skylift.model.event import Event, StepFinished
from skylift.model.plan import Operation, Plan
from skylift.model.problem import Problem, Problems


@dataclass
class Trace:
    """Handlers that note what they did; ``failing`` ids raise, ``stopping`` ids ask for a stop."""

    failing: frozenset[str] = frozenset()
    stopping: frozenset[str] = frozenset()
    began: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    most: int = 0
    events: list[Event] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, operation: Operation) -> str:
        self.began.append(operation.id)
        self.most = max(self.most, len(self.began) - len(self.ended))
        await asyncio.sleep(0)
        if operation.id in self.stopping:
            self.stop.set()
        self.ended.append(operation.id)
        if operation.id in self.failing:
            raise Problem("broken", "It broke", operation.id)
        return "done"

    async def run(self, plan: Plan, limits: dict[str, int] | None = None) -> Outcome:
        handlers: dict[str, Handler] = {"do": self.handle}
        return await walk(plan, handlers, self.events.append, self.stop, limits)


def plan(**needs: str) -> Plan:
    """Return a plan; each keyword is an operation, its value the ids it needs, separated by blanks."""
    return Plan("c", tuple(Operation(name, "do", name, "", needs=frozenset(n.split())) for name, n in needs.items()))


async def test_a_dependent_waits_for_all_it_needs() -> None:
    trace = Trace()
    outcome = await trace.run(plan(a="", b="", c="a b", d="c"))
    assert outcome.ok
    assert trace.began[2:] == ["c", "d"]
    assert set(trace.began[:2]) == {"a", "b"}


async def test_what_is_independent_runs_side_by_side() -> None:
    trace = Trace()
    await trace.run(plan(a="", b="", c=""))
    assert trace.most == 3


async def test_a_limit_holds() -> None:
    trace = Trace()
    await trace.run(plan(a="", b="", c="", d=""), {"do": 2})
    assert trace.most == 2


async def test_a_failure_blocks_its_dependents_and_nothing_else() -> None:
    trace = Trace(failing=frozenset({"a"}))
    outcome = await trace.run(plan(a="", b="a", c="b", d=""))
    assert outcome.states == {"a": "failed", "b": "blocked", "c": "blocked", "d": "ok"}
    assert [problem.detail for problem in outcome.problems] == ["a"]
    assert not outcome.ok
    assert not outcome.interrupted


async def test_a_stop_finishes_what_runs_and_starts_nothing() -> None:
    trace = Trace(stopping=frozenset({"a"}))
    outcome = await trace.run(plan(a="", b="a", c="b"))
    assert outcome.states == {"a": "ok", "b": "skipped", "c": "skipped"}
    assert outcome.interrupted


async def test_every_operation_ends_in_an_event() -> None:
    trace = Trace(failing=frozenset({"b"}))
    await trace.run(plan(a="", b="", c="b"))
    states = {event.step: event.state for event in trace.events if isinstance(event, StepFinished)}
    assert states == {"a": "ok", "b": "failed", "c": "blocked"}


async def test_a_fault_of_a_handler_is_not_swallowed() -> None:
    async def bug(operation: Operation) -> str:
        raise LookupError(operation.id)

    try:
        await walk(plan(a=""), {"do": bug}, lambda event: None, asyncio.Event())
    except LookupError as error:
        assert str(error) == "'a'" or str(error) == "a"
    else:
        raise AssertionError("the fault was lost")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Plan, frozenset[str]]:
    names = [f"o{number}" for number in range(draw(st.integers(1, 12)))]
    operations = []
    for number, name in enumerate(names):
        needs = draw(st.lists(st.sampled_from(names[:number]), unique=True, max_size=4)) if number else []
        operations.append(Operation(name, "do", name, "", needs=frozenset(needs)))
    return Plan("c", tuple(operations)), frozenset(draw(st.lists(st.sampled_from(names), unique=True, max_size=3)))


@given(graphs())
async def test_nothing_starts_before_what_it_needs_succeeded(drawn: tuple[Plan, frozenset[str]]) -> None:
    graph, failing = drawn
    trace = Trace(failing=failing)
    outcome = await trace.run(graph)
    assert outcome.states.keys() == {operation.id for operation in graph}
    for operation in graph:
        fine = all(outcome.states[need] == "ok" for need in operation.needs)
        assert (outcome.states[operation.id] != "blocked") == fine
        if operation.id in trace.began:
            assert operation.needs <= set(trace.ended)


def test_a_lost_engine_is_told_once() -> None:
    first, second = (Problem("engine-lost", "The connection broke", what) for what in ("start a", "start b"))
    other = Problem("job-failed", "One-time work failed", "exit code 1")
    assert Outcome(problems=[first, second]).problem is first
    both = Outcome(problems=[first, other, second]).problem
    assert isinstance(both, Problems) and both.problems == (first, other)
    assert Outcome().problem is None
