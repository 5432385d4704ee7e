"""In which order a changed password reaches those who use it."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.plan.carry import carried_out
from tests.unit.plan.world import NODE, desired, settled, spec

from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.model.plan import Plan
from skylift.plan.make import make

Held = dict[str, str]


def order(plan: Plan) -> list[str]:
    return [operation.id.replace(f"{NODE}-", "") for operation in plan]


def comes_before(plan: Plan, first: str, second: str) -> bool:
    """Whether ``second`` waits for ``first``, directly or not."""
    needs = {operation.id: operation.needs for operation in plan}
    queue = [second.replace(":", f":{NODE}-")]
    seen: set[str] = set()
    while queue:
        for need in needs.get(queue.pop(), frozenset()) - seen:
            seen.add(need)
            queue.append(need)
    return first.replace(":", f":{NODE}-") in seen


def cloud(password: str) -> Desired:
    held = {"p": password}
    return desired(
        spec("mariadb", "mariadb"),
        spec("accounts", "mariadb", job=True, after=("mariadb",), passwords=held),
        spec("nova_api", "nova", after=("accounts",), passwords=held),
        spec("aside", "nova", passwords=held),
        spec("glance", "glance", after=("accounts",)),
    )


def test_clients_stop_then_it_is_set_then_they_start() -> None:
    plan = make(cloud("new"), settled(cloud("old")))
    for client in ("nova_api", "aside"):
        assert comes_before(plan, f"container.remove:{client}", "job.run:accounts")
        assert comes_before(plan, "job.run:accounts", f"container.start:{client}")
    assert not any("glance" in step for step in order(plan))


def test_cut_off_after_the_clients_stopped_it_is_set_before_they_start() -> None:
    """The client has been made with the new password by then, and is only to be started."""
    observed = settled(cloud("old"))
    plan = make(cloud("new"), observed)
    until = [operation for operation in plan if operation.action in ("container.remove", "container.create")]
    done = carried_out([one for one in until if "accounts" not in one.target], cloud("new"), observed)
    rest = make(cloud("new"), done)
    assert "container.create:nova_api" not in order(rest)
    assert comes_before(rest, "job.run:accounts", "container.start:nova_api")
    assert comes_before(rest, "job.run:accounts", "container.start:aside")


def test_a_record_that_was_thrown_away_counts_as_one_who_sets_it() -> None:
    """Somebody cleaned up containers that had ended; the job is made anew, and sets the new password."""
    observed = settled(cloud("old"))
    left = {name: state for name, state in observed.containers.items() if not name.endswith("accounts")}
    plan = make(cloud("new"), replace(observed, containers=left))
    assert comes_before(plan, "container.remove:nova_api", "job.run:accounts")
    assert comes_before(plan, "job.run:accounts", "container.start:nova_api")


def test_a_container_that_sets_a_password_at_its_start() -> None:
    def broker(password: str) -> Desired:
        held = {"p": password}
        return desired(
            spec("rabbitmq", "rabbitmq", passwords=held),
            spec("conductor", "nova", after=("rabbitmq",), passwords=held),
            spec("nova_api", "nova", passwords=held),
        )

    plan = make(broker("new"), settled(broker("old")))
    assert comes_before(plan, "container.remove:conductor", "container.remove:rabbitmq")
    assert comes_before(plan, "container.ready:rabbitmq", "container.start:conductor")
    assert not comes_before(plan, "container.remove:nova_api", "container.remove:rabbitmq")


def test_two_passwords_that_ask_for_opposite_orders_make_no_circle() -> None:
    """Each job waits for a client of the other's password: somebody has to begin."""

    def crossed(value: str) -> tuple[Desired, Observed]:
        def one(short: str, *names: str, after: tuple[str, ...] = (), job: bool = False) -> ContainerSpec:
            return spec(short, "s", job=job, after=after, passwords=dict.fromkeys(names, value))

        wanted = desired(
            one("c1", "p"),
            one("c2", "q"),
            one("j1", "p", after=("c2",), job=True),
            one("j2", "q", after=("c1",), job=True),
        )
        return wanted, settled(wanted)

    wanted, observed = crossed("new")[0], crossed("old")[1]
    plan = make(wanted, observed)
    assert comes_before(plan, "container.remove:c1", "job.run:j1")
    assert comes_before(plan, "container.remove:c2", "job.run:j2")
    assert comes_before(plan, "job.run:j1", "container.start:c1") != comes_before(
        plan, "job.run:j2", "container.start:c2"
    )
    assert make(wanted, carried_out(plan, wanted, observed)).empty


def test_keystone_does_not_wait_for_a_job_that_waits_for_its_catalogue() -> None:
    def made(value: str) -> Desired:
        held = {"p": value}
        keystone = spec("keystone", "keystone", passwords=held)
        job = spec("j", "nova", job=True, after=("catalogue",), passwords=held)
        return desired(keystone, job, catalogue=True)

    observed = replace(settled(made("old")), apis=None)
    assert make(made("new"), carried_out(make(made("new"), observed), made("new"), observed)).empty


def test_where_no_password_changes_nothing_stops_for_one() -> None:
    changed = desired(*(replace(one, image_id="sha256:2") for one in cloud("old").containers[1:]))
    plan = make(changed, settled(cloud("old")))
    assert comes_before(plan, "job.run:accounts", "container.remove:nova_api")
    assert not comes_before(plan, "container.remove:aside", "job.run:accounts")
