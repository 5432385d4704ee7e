"""Repairs beside a plan: each operation after what it needs, and no container is acted on twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.plan.clouds import Case, clouds
from tests.unit.plan.world import desired, spec

from skylift.model.naming import short
from skylift.model.plan import Operation, Plan
from skylift.model.remedy import Remedy
from skylift.plan.make import make
from skylift.plan.mend import mend

BROKER, SCHEMA = spec("rabbitmq", "rabbitmq"), spec("schema", "nova", job=True)
AGENT = spec("agent", "nova", after=("rabbitmq",))
WHOLE = desired(BROKER, SCHEMA, AGENT)
NOTHING = Plan("test")


def ids(plan: Plan) -> list[str]:
    return [operation.id.replace(BROKER.name.removesuffix("rabbitmq"), "") for operation in plan]


def test_a_restart_waits_for_what_is_restarted_too() -> None:
    remedies = [Remedy("restart", "agent", "it is silent"), Remedy("restart", "rabbitmq", "an alarm")]
    plan = mend(NOTHING, WHOLE, remedies)
    order = ids(plan)
    assert len(order) == 6 and order.index("container.ready:rabbitmq") < order.index("container.stop:agent")
    assert {change.target: change.causes for change in plan.changes} == {
        AGENT.name: ("it is silent",),
        BROKER.name: ("an alarm",),
    }


def test_jobs_are_repeated_commands_run_and_agents_enabled() -> None:
    remedies = [
        Remedy("repeat", "schema", "an account"),
        Remedy("run", "rabbitmq", "a setting", ("true", "x")),
        Remedy("enable", "7", "it is disabled", ("nova-compute",), "nova"),
        Remedy("restart", "unknown", "nobody has it"),
    ]
    plan = mend(NOTHING, WHOLE, remedies)
    assert sorted(operation.action for operation in plan) == ["agent.enable", "container.run", "job.run"]
    payloads = {operation.action: operation.payload for operation in plan}
    assert payloads["container.run"] == (BROKER.name, ("true", "x"))
    assert payloads["agent.enable"] == ("nova", "7", "nova-compute")


def test_what_the_plan_acts_on_is_left_to_it() -> None:
    start = Plan("test", (Operation("container.start:x", "container.start", AGENT.name, "it exited"),))
    assert mend(start, WHOLE, [Remedy("restart", "agent", "it is silent")]) == start
    assert mend(NOTHING, WHOLE, []) == NOTHING


@given(clouds(), st.data())
def test_any_plan_with_any_repairs_can_be_carried_out(case: Case, data: st.DataObject) -> None:
    """Ids are unique, needs go to what is there, and never round."""
    names = st.sampled_from([short(one.name) for one in case.wanted.containers])
    kinds = st.sampled_from(("restart", "repeat", "run"))
    remedies = data.draw(st.lists(st.builds(Remedy, kinds, names, st.just("why"), st.just(("true",))), max_size=5))
    before = make(case.wanted, case.observed)
    plan = mend(before, case.wanted, remedies)
    seen: set[str] = set()
    everything = {operation.id for operation in plan}
    for operation in plan:
        assert operation.id not in seen
        assert operation.needs & everything <= seen
        seen.add(operation.id)
    assert {operation.id for operation in before} <= seen
    assert plan == mend(before, case.wanted, remedies)
