"""A run on a time axis: rows, phases, the critical path."""

from __future__ import annotations

from typing import Any

from skylift.app.timeline import read


def started(step: str, at: float) -> dict[str, Any]:
    action, _, target = step.partition(":")
    return {"t": at, "kind": "step-started", "step": step, "action": action, "target": target, "cause": ""}


def finished(step: str, at: float, state: str = "ok", **more: Any) -> dict[str, Any]:
    return {"t": at, "kind": "step-finished", "step": step, "state": state, "seconds": 0.0, **more}


DB, JOB, API = "container.ready:c-node1-mariadb", "job.run:c-node1-schema", "container.ready:c-node1-nova_api"
QUICK = "container.ready:c-node1-memcached"
NEEDS = {DB: [], QUICK: [], JOB: [DB], API: [JOB, QUICK]}
EVENTS = [
    {"t": 0.0, "kind": "plan-made", "operations": [{"id": step, "needs": needs} for step, needs in NEEDS.items()]},
    {"t": 0.0, "kind": "phase-started", "phase": "apply"},
    started(DB, 0.0),
    started(QUICK, 0.0),
    finished(QUICK, 0.5),
    finished(DB, 3.0),
    started(JOB, 3.0),
    finished(JOB, 5.0),
    started(API, 5.0),
    finished(API, 9.0),
    {"t": 9.0, "kind": "phase-finished", "phase": "apply", "seconds": 9.0},
    {"t": 12.0, "kind": "run-finished", "outcome": "ok", "seconds": 12.0},
]


def test_the_chain_goes_back_through_what_was_waited_for_longest() -> None:
    timeline = read(EVENTS)
    assert [bar.step for bar in timeline.chain] == [DB, JOB, API]
    assert timeline.length == 12.0
    assert (timeline.chain_seconds, timeline.chain_share) == (9.0, 0.75)
    assert [row.label for row in timeline.rows] == ["mariadb", "memcached", "schema", "nova_api"]
    assert timeline.phases == [("apply", 0.0, 9.0)]
    assert [(bar.step, bar.seconds) for bar in timeline.slowest] == [(API, 4.0), (DB, 3.0), (JOB, 2.0), (QUICK, 0.5)]


def test_parallel_work_on_one_row_is_counted_once() -> None:
    timeline = read(
        [started("volume.create:a", 0.0), started("volume.create:b", 0.5), finished("volume.create:a", 1.0),
         finished("volume.create:b", 2.0)]
    )  # fmt: skip
    assert [(row.label, row.busy) for row in timeline.rows] == [("volumes", 2.0)]


def test_a_run_that_was_cut_off_is_told_to_its_last_event() -> None:
    timeline = read(EVENTS[:6])
    assert {bar.step: (bar.end, bar.state) for bar in timeline.bars} == {DB: (3.0, "ok"), QUICK: (0.5, "ok")}
    assert timeline.phases == [("apply", 0.0, 3.0)]
    cut = read(EVENTS[:4])
    assert {bar.state for bar in cut.bars} == {"running"}


def test_what_failed_keeps_its_evidence_and_what_it_held_up_is_named() -> None:
    problem = {"code": "container-exited", "summary": "A container ended"}
    timeline = read(
        [*EVENTS[:4], finished(DB, 2.0, "failed", detail="exit code 1", problem=problem), finished(JOB, 2.0, "blocked"),
         finished(API, 2.0, "skipped")]
    )  # fmt: skip
    assert [(bar.step, bar.detail, bar.problem) for bar in timeline.failed] == [(DB, "exit code 1", problem)]
    assert (timeline.blocked, timeline.skipped) == ((JOB,), (API,))
    assert [row.failed for row in timeline.rows] == [True, False]


def test_no_events_are_a_timeline_of_nothing() -> None:
    timeline = read([])
    assert (timeline.rows, timeline.phases, timeline.chain, timeline.length) == ([], [], [], 0.0)
    assert timeline.chain_share == 0.0
