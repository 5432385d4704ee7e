"""Recorded runs: what the use cases say of themselves, as (seconds, event)."""

from __future__ import annotations

import pytest

from skylift.model.event import (
    Event,
    Notice,
    PhaseFinished,
    PhaseStarted,
    PlanMade,
    RunFinished,
    RunStarted,
    StepFinished,
    StepProgress,
    StepStarted,
)
from skylift.model.plan import Operation

Recording = list[tuple[float, Event]]

DB, API = "skylift-node1-mariadb", "skylift-node1-nova_api"
OPERATIONS = (
    Operation("volume.create:a", "volume.create", "skylift-node1-a", "it is not there", "node"),
    Operation("volume.create:b", "volume.create", "skylift-node1-b", "it is not there", "node"),
    Operation(
        f"container.create:{DB}", "container.create", DB, "it is not there", "mariadb", frozenset({"volume.create:a"})
    ),
    Operation(
        f"container.start:{DB}",
        "container.start",
        DB,
        "it is not there",
        "mariadb",
        frozenset({f"container.create:{DB}"}),
    ),
    Operation(f"container.remove:{API}", "container.remove", API, "nova.conf changed", "nova", frozenset()),
    Operation(
        f"container.create:{API}",
        "container.create",
        API,
        "nova.conf changed",
        "nova",
        frozenset({f"container.remove:{API}", f"container.start:{DB}"}),
    ),
)


def step(
    identity: str, begin: float, end: float, state: str = "ok", problem: dict[str, str] | None = None
) -> Recording:
    """Return the two events of an operation."""
    operation = next(one for one in OPERATIONS if one.id == identity)
    return [
        (begin, StepStarted(operation.id, operation.action, operation.target, operation.cause)),
        (end, StepFinished(operation.id, state, end - begin, problem=problem)),  # type: ignore[arg-type]
    ]


def in_order(*recording: tuple[float, Event]) -> Recording:
    """Return a recording sorted by time; what happens at once stays as written."""
    return sorted(recording, key=lambda pair: pair[0])


@pytest.fixture
def beginning() -> Recording:
    """A run up to its first operations."""
    return in_order(
        (0.0, RunStarted("1a2b", "up", "skylift")),
        (0.0, Notice("enable_haproxy has no effect here", "warning", "globals.yml:3")),
        (0.0, PhaseStarted("images")),
        (0.4, PhaseFinished("images", 0.4, "27 images are there")),
        (0.5, PlanMade(tuple(operation.as_dict() for operation in OPERATIONS))),
        (0.5, PhaseStarted("apply", len(OPERATIONS))),
        *step("volume.create:a", 0.5, 0.6),
        *step("volume.create:b", 0.5, 0.7),
    )


@pytest.fixture
def good_run(beginning: Recording) -> Recording:
    """A run in which everything succeeds."""
    return in_order(
        *beginning,
        *step(f"container.create:{DB}", 1.0, 1.5),
        *step(f"container.start:{DB}", 1.5, 4.0),
        *step(f"container.remove:{API}", 1.0, 2.0),
        *step(f"container.create:{API}", 4.0, 14.0),
        (14.0, PhaseFinished("apply", 13.5)),
        (14.0, RunFinished("1a2b", "ok", 14.0)),
    )


@pytest.fixture
def failed_run(beginning: Recording) -> Recording:
    """A run in which the database does not come up, so that nova's interface is never begun."""
    problem = {"code": "container-exited", "summary": "A container ended that should keep running"}
    return in_order(
        *beginning,
        *step(f"container.create:{DB}", 1.0, 1.5),
        *step(f"container.start:{DB}", 1.5, 4.0, "failed", problem),
        *step(f"container.remove:{API}", 1.0, 2.0),
        (4.0, StepFinished(f"container.create:{API}", "blocked", 0.0)),
        (4.0, PhaseFinished("apply", 3.5)),
        (4.0, RunFinished("1a2b", "failed", 4.0)),
    )


@pytest.fixture
def halfway(beginning: Recording) -> Recording:
    """A run while the database starts and says what it waits for."""
    return in_order(
        *beginning,
        *step(f"container.create:{DB}", 1.0, 1.5),
        step(f"container.start:{DB}", 1.5, 9.0)[0],
        (1.6, StepProgress(f"container.start:{DB}", waiting_for="port 3306")),
    )
