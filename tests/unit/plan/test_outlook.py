"""What to expect of a plan: how long, who does not answer meanwhile, what guests notice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.plan.world import NODE, desired, settled, spec

from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.model.plan import Plan
from skylift.plan.make import make
from skylift.plan.outlook import USUAL, outlook


def served(short: str, outage: str = "", guests: str = "", **more: object) -> ContainerSpec:
    return replace(spec(short, "nova"), outage=outage, guests=guests, **more)  # type: ignore[arg-type]


def restarted(*specs: ContainerSpec, unhealthy: tuple[str, ...] = ()) -> tuple[Plan, Desired]:
    wanted = desired(*specs)
    observed = settled(wanted)
    containers = {
        name: replace(state, health="unhealthy") if state.short in unhealthy else state
        for name, state in observed.containers.items()
    }
    return make(wanted, replace(observed, containers=containers)), wanted


def test_an_empty_plan_takes_no_time() -> None:
    found = outlook(Plan("test"), desired(), {})
    assert (found.seconds, found.known, found.interruptions, found.guests) == (0.0, 0.0, (), ())


def test_what_does_not_answer_and_how_long() -> None:
    plan, wanted = restarted(served("nova_api", "the compute API"), unhealthy=("nova_api",))
    known = {
        ("container.stop", "nova_api"): 1.0,
        ("container.start", "nova_api"): 0.5,
        ("container.ready", "nova_api"): 4.0,
    }
    found = outlook(plan, wanted, known)
    assert [(one.what, one.target, one.seconds) for one in found.interruptions] == [
        ("the compute API", "nova_api", 5.5)
    ]
    assert (found.seconds, found.known) == (5.5, 1.0)


def test_what_was_never_seen_takes_as_long_as_usual() -> None:
    plan, wanted = restarted(served("nova_api"), unhealthy=("nova_api",))
    found = outlook(plan, wanted, {})
    assert found.seconds == sum(USUAL[f"container.{step}"] for step in ("stop", "start", "ready"))
    assert found.known == 0.0


def test_independent_work_runs_side_by_side() -> None:
    plan, wanted = restarted(served("a", "a"), served("b", "b"), unhealthy=("a", "b"))
    known = {("container.ready", "a"): 60.0}
    found = outlook(plan, wanted, known)
    assert found.seconds == 2.0 + 0.5 + 60.0
    assert [(one.what, one.seconds) for one in found.interruptions] == [("a", 62.5), ("b", 7.5)]
    assert found.known == pytest.approx(1 / 6)


def test_who_waits_for_another_begins_when_it_is_ready() -> None:
    plan, wanted = restarted(served("a"), served("b", after=(f"{NODE}-a",)), unhealthy=("a", "b"))
    assert outlook(plan, wanted, {}).seconds == 2 * 7.5


def test_the_same_outage_is_told_once_with_the_longest_time() -> None:
    plan, wanted = restarted(served("a", "changes"), served("b", "changes"), unhealthy=("a", "b"))
    found = outlook(plan, wanted, {("container.ready", "b"): 20.0})
    assert [(one.what, one.target, one.seconds) for one in found.interruptions] == [("changes", "b", 22.5)]


def test_what_guests_notice_is_told_once() -> None:
    plan, wanted = restarted(served("a", "", "guests stop"), served("b", "", "guests stop"), unhealthy=("a", "b"))
    found = outlook(plan, wanted, {})
    assert (found.guests, found.interruptions) == (("guests stop",), ())


def test_what_was_down_is_not_interrupted() -> None:
    wanted = desired(served("nova_api", "the compute API", "guests stop"))
    assert outlook(make(wanted, Observed()), wanted, {}).interruptions == ()
    observed = settled(wanted)
    name = f"{NODE}-nova_api"
    stopped = replace(observed.containers[name], status="exited")
    plan = make(wanted, replace(observed, containers={**observed.containers, name: stopped}))
    assert outlook(plan, wanted, {}).interruptions == ()


def test_what_goes_for_good_is_no_interruption() -> None:
    wanted, gone = desired(), desired(served("nova_api", "the compute API"))
    assert outlook(make(wanted, settled(gone)), wanted, {}).interruptions == ()


def test_a_reload_interrupts_nothing() -> None:
    before, after = (desired(replace(spec("a", "ovn", settings=text), outage="all")) for text in ("one", "two"))
    plan = make(after, settled(before))
    assert [operation.action for operation in plan] == ["container.reload", "container.ready"]
    assert outlook(plan, after, {}).interruptions == ()


def test_a_changed_password_keeps_clients_down_until_it_is_set() -> None:
    def cloud(password: str) -> Desired:
        passwords = {"p": password}
        job = spec("accounts", "mariadb", job=True, passwords=passwords)
        client = spec("nova_api", "nova", after=("accounts",), passwords=passwords)
        return desired(job, replace(client, outage="the compute API"))

    plan = make(cloud("new"), settled(cloud("old")))
    found = outlook(plan, cloud("new"), {("job.run", "accounts"): 30.0})
    assert found.interruptions[0].seconds > 30.0
