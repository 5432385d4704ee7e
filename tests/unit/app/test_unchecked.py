from dataclasses import replace

from tests.unit.plan.world import desired, spec, state

from skylift.app.unchecked import unchecked
from skylift.model.container import ContainerState
from skylift.model.observed import Observed
from skylift.model.plan import Operation, Plan

API, AGENT, JOB = spec("api", "nova"), spec("agent", "nova"), spec("schema", "nova", job=True)
WHOLE = desired(API, AGENT, JOB)


def observed(*states: ContainerState) -> Observed:
    return Observed(containers={one.name: one for one in states})


def test_what_runs_and_was_never_seen_healthy_is_waited_for() -> None:
    seen = observed(
        replace(state(API), health="healthy"), replace(state(AGENT), health="starting"), replace(state(JOB), health="")
    )
    assert unchecked(WHOLE, seen, Plan("test")) == (AGENT,)


def test_what_the_plan_acts_on_or_does_not_run_is_not() -> None:
    waiting = observed(replace(state(AGENT), health="starting"))
    restart = Plan("test", (Operation("container.start:x", "container.start", AGENT.name, "it exited"),))
    assert unchecked(WHOLE, waiting, restart) == ()
    assert unchecked(WHOLE, observed(replace(state(AGENT), status="exited", health="starting")), Plan("test")) == ()
    assert unchecked(WHOLE, observed(), Plan("test")) == ()
