"""A plan that is limited to some services: what is left out, what must not be, and that both are said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.unit.plan.world import NODE, desired, settled, spec

from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired, Resource
from skylift.model.observed import Observed
from skylift.model.plan import Operation, Plan
from skylift.plan.limit import limit
from skylift.plan.make import make


def cloud(*changed: str, p: str = "old", follow: str = "1") -> Desired:
    """Return a small cloud; ``changed`` are containers whose configuration is another."""

    def one(short: str, service: str, **more: Any) -> ContainerSpec:
        return spec(short, service, text="new" if short in changed else "old", **more)

    compute = one("nova_compute", "nova", after=("nova_api",))
    return desired(
        one("mariadb", "mariadb", volume="mariadb"),
        one("mariadb_accounts", "mariadb", job=True, after=("mariadb",), passwords={"nova_password": p}),
        one("glance_schema", "glance", job=True, after=("mariadb_accounts",)),
        one("glance_api", "glance", after=("glance_schema",)),
        one("nova_api", "nova", after=("mariadb_accounts",), passwords={"nova_password": p}),
        one("nova_libvirt", "libvirt"),
        replace(compute, followed=(("nova_libvirt", follow),)),
        resources=(Resource("flavor", "m1.tiny", {"ram": 512}, ("nova",)),),
    )


def planned(wanted: Desired, observed: Observed | None = None) -> Plan:
    return make(wanted, observed or settled(cloud()))


def targets(plan: Plan) -> set[str]:
    return {operation.target.removeprefix(f"{NODE}-") for operation in plan}


def test_what_does_not_belong_is_left_for_later() -> None:
    part = limit(planned(cloud("glance_api", "nova_api")), ["glance"], cloud())
    assert targets(part) == {"glance_api"}
    assert [change.target for change in part.changes] == [f"{NODE}-glance_api"]
    assert part.notes == ("left for later: nova",)


def test_a_service_with_nothing_to_do_leaves_all() -> None:
    part = limit(planned(cloud("nova_api")), ["glance"], cloud())
    assert part.empty
    assert part.notes == ("left for later: nova",)


def test_all_services_leave_nothing() -> None:
    whole = planned(cloud("glance_api", "nova_api"))
    part = limit(whole, ["glance", "nova"], cloud())
    assert (part.operations, part.notes) == (whole.operations, ())


def test_what_is_needed_is_included_and_it_is_said() -> None:
    """Of what is not there yet, and of a server that changes at the same time."""
    wanted = cloud("mariadb", "glance_api")
    part = limit(planned(wanted), ["glance"], wanted)
    assert targets(part) == {"mariadb", "glance_api"}
    assert part.notes == ("mariadb: mariadb is included: glance_api needs it",)
    first = limit(planned(cloud(), Observed()), ["glance"], cloud())
    assert targets(first) >= {NODE, "mariadb", "mariadb_accounts", "glance_schema", "glance_api", "test-1-internal"}
    assert "node: node1 is included: glance_schema needs it" in first.notes


def test_a_password_changes_for_all_who_use_it() -> None:
    wanted = cloud(p="new")
    part = limit(planned(wanted), ["nova"], wanted)
    assert targets(part) == {"nova_api", "mariadb_accounts"}
    assert part.notes == ("mariadb: mariadb_accounts is included: nova_password changes for all who use it",)
    assert targets(limit(planned(wanted), ["mariadb"], wanted)) == {"nova_api", "mariadb_accounts"}
    assert limit(planned(wanted), ["glance"], wanted).empty


def test_who_follows_comes_along() -> None:
    wanted = cloud("nova_libvirt", follow="2")
    part = limit(planned(wanted), ["libvirt"], wanted)
    assert targets(part) == {"nova_libvirt", "nova_compute"}
    assert part.notes == ("nova: nova_compute is included: it follows nova_libvirt",)


def test_a_node_takes_all_that_are_on_it_along() -> None:
    observed = settled(cloud())
    observed = replace(
        observed, containers={**observed.containers, NODE: replace(observed.containers[NODE], status="dead")}
    )
    part = limit(planned(cloud(), observed), ["node"], cloud())
    assert targets(part) >= {NODE, "mariadb", "glance_api", "nova_api", "nova_libvirt", "nova_compute"}
    assert "glance: glance_api is included: its node is made anew or restarted" in part.notes


def test_lost_data_take_all_along_that_worked_with_them() -> None:
    """Left out, a later plan could not tell any more that they were lost."""
    observed = replace(settled(cloud()), volumes=frozenset())
    part = limit(planned(cloud(), observed), ["mariadb"], cloud())
    assert targets(part) == {"mariadb", "mariadb_accounts", "glance_schema"}
    assert part.notes == ("glance: glance_schema is included: the data it had prepared are gone",)


def test_a_resource_belongs_to_the_services_that_it_needs() -> None:
    wanted = replace(cloud(), resources=(Resource("flavor", "m1.tiny", {"ram": 1}, ("nova",)),))
    assert targets(limit(planned(wanted), ["nova"], wanted)) == {"flavor/m1.tiny"}
    assert limit(planned(wanted), ["glance"], wanted).notes == ("left for later: nova",)


def test_earlier_notes_stay_and_operations_that_are_gone_are_not_needed() -> None:
    one = Operation("a:x", "a", "x", "", "s", frozenset({"a:gone", "a:y"}))
    other = Operation("a:y", "a", "y", "", "t")
    plan = Plan("test", (other, one), notes=("before",))
    part = limit(plan, ["s"], desired())
    assert [operation.needs for operation in part] == [frozenset(), frozenset({"a:y"})]
    assert part.notes == ("before", "a y is included: x needs it")
