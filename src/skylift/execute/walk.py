"""The graph walk. It knows operations and their needs, nothing of containers or APIs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from skylift.model.event import OperationState, Sink, StepFinished, StepStarted
from skylift.model.plan import Operation, Plan
from skylift.model.problem import Problem, Problems

Handler = Callable[[Operation], Awaitable[str]]
"""Carries out one operation and returns a line of detail. Raises Problem."""


@dataclass
class Outcome:
    """What became of each operation, and the problems in the order they happened."""

    states: dict[str, OperationState] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    interrupted: bool = False

    @property
    def ok(self) -> bool:
        """True when every operation succeeded."""
        return not self.interrupted and all(state == "ok" for state in self.states.values())

    @property
    def problem(self) -> Problem | None:
        """All that went wrong, to be raised. That the engine is lost is told once, not by each that noticed it."""
        lost = [problem for problem in self.problems if problem.code == "engine-lost"]
        told = [problem for problem in self.problems if problem not in lost[1:]]
        return told[0] if len(told) == 1 else Problems(tuple(told)) if told else None

    def count(self, state: OperationState) -> int:
        """Return how many operations ended in ``state``."""
        return sum(1 for value in self.states.values() if value == state)


async def walk(
    plan: Plan,
    handlers: Mapping[str, Handler],
    sink: Sink,
    stop: asyncio.Event,
    limits: Mapping[str, int] | None = None,
) -> Outcome:
    """Carry out ``plan``. A dependent starts only when all that it needs has *succeeded*.

    ``handlers`` maps an action to its handler; ``limits`` bounds how many of an action run at once. When ``stop`` is
    set, no further operation starts and the running ones are finished. A failed operation blocks its dependents and
    nothing else.
    """
    outcome = Outcome()
    by_id = {operation.id: operation for operation in plan}
    gates = {action: asyncio.Semaphore(limit) for action, limit in (limits or {}).items()}
    sorter = plan.sorter()
    sorter.prepare()
    running: dict[asyncio.Task[None], str] = {}

    async def carry_out(operation: Operation) -> None:
        gate = gates.get(operation.action)
        if gate is None:
            await _one(operation, handlers[operation.action], outcome, sink)
            return
        async with gate:
            if stop.is_set():
                outcome.states[operation.id] = "skipped"
                return
            await _one(operation, handlers[operation.action], outcome, sink)

    def settle(operation: Operation) -> bool:
        """Record operations that are not to be started. Returns True when it was one."""
        if any(outcome.states.get(need) in ("failed", "blocked") for need in operation.needs):
            outcome.states[operation.id] = "blocked"
        elif stop.is_set() or any(outcome.states.get(need) == "skipped" for need in operation.needs):
            outcome.states[operation.id] = "skipped"
        else:
            return False
        sink(StepFinished(operation.id, outcome.states[operation.id], 0.0))
        return True

    try:
        while sorter.is_active():
            for identity in sorter.get_ready():
                operation = by_id.get(identity)
                if operation is None or settle(operation):
                    sorter.done(identity)
                else:
                    running[asyncio.create_task(carry_out(operation))] = identity
            if running:
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    sorter.done(running.pop(task))
                    task.result()
    except BaseException:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        raise
    outcome.interrupted = stop.is_set() and outcome.count("skipped") > 0
    return outcome


async def _one(operation: Operation, handler: Handler, outcome: Outcome, sink: Sink) -> None:
    began = time.monotonic()
    sink(StepStarted(operation.id, operation.action, operation.target, operation.cause))
    try:
        detail = await handler(operation)
    except Problem as problem:
        outcome.states[operation.id] = "failed"
        outcome.problems.append(problem)
        sink(StepFinished(operation.id, "failed", time.monotonic() - began, problem=problem.as_dict()))
        return
    outcome.states[operation.id] = "ok"
    sink(StepFinished(operation.id, "ok", time.monotonic() - began, detail))
