"""A service that is off: what of it goes, in which order, and what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.plan.world import NODE, desired, settled, spec, state

from skylift.model.desired import CatalogueEntry, Desired, Retired
from skylift.model.observed import Observed, ObservedApis, ObservedEndpoint
from skylift.model.plan import Plan
from skylift.plan.make import make
from skylift.plan.outlook import outlook

ENTRY = CatalogueEntry("octavia", "load-balancer", "octavia", "", "http://api:9876")
LISTED = ObservedEndpoint("load-balancer", "octavia", dict.fromkeys(("public", "internal", "admin"), ENTRY.url))
ROLES = ("lb_member",)
API = spec("octavia_api", "octavia")
GONE = Retired(
    "octavia",
    "globals.yml:3",
    catalogue=(ENTRY,),
    account="octavia",
    roles=ROLES,
    databases=(("octavia", "octavia"),),
    volumes=(f"{NODE}-octavia_sockets",),
    data_volumes=(f"{NODE}-octavia_data",),
    requires=("keystone", "neutron"),
    graces=((API.name, 3),),
)
REST = desired(
    spec("mariadb", "mariadb", volume="mariadb"),
    spec("keystone", "keystone", after=("mariadb",)),
    spec("neutron_server", "neutron", after=("mariadb",)),
    catalogue=True,
)
OFF = replace(REST, retired=(GONE,))
ERASED = replace(REST, retired=(replace(GONE, erase=True),))
WHY = "octavia is off (globals.yml:3)"


def there(wanted: Desired = REST, **change: object) -> Observed:
    """Return the observation of a cloud that still has all of octavia."""
    found = settled(wanted)
    assert found.apis is not None
    known = replace(
        found.apis,
        catalogue=(*found.apis.catalogue, LISTED),
        accounts={**found.apis.accounts, "octavia": frozenset({"admin", "service"})},
        roles=found.apis.roles | {*ROLES, "admin"},
        made=frozenset({"octavia"}),
    )
    return replace(
        found,
        containers={**found.containers, API.name: state(API)},
        volumes=found.volumes | {*GONE.volumes, *GONE.data_volumes},
        apis=replace(known, **change),  # type: ignore[arg-type]
    )


def without(observed: Observed) -> Observed:
    """Return the observation without octavia's containers."""
    return replace(observed, containers={n: one for n, one in observed.containers.items() if n != API.name})


def steps(plan: Plan) -> list[str]:
    return [operation.id.replace(f"{NODE}-", "") for operation in plan]


def test_all_but_data_goes_and_the_address_first() -> None:
    plan = make(OFF, there())
    assert steps(plan) == [
        "endpoint.remove:octavia",
        "container.remove:octavia_api",
        "account.remove:octavia",
        "volume.remove:octavia_sockets",
    ]
    assert {operation.cause for operation in plan} == {WHY}
    removal = next(operation for operation in plan if operation.action == "container.remove")
    assert (removal.needs, removal.payload) == (frozenset({"endpoint.remove:octavia"}), 3)


def test_with_its_data_users_things_go_first_and_databases_last() -> None:
    plan = make(ERASED, there())
    order = steps(plan)
    assert order[:3] == ["holdings.remove:octavia", "endpoint.remove:octavia", "container.remove:octavia_api"]
    assert set(order[3:]) == {
        "account.remove:octavia",
        "role.remove:lb_member",
        "database.remove:octavia",
        "volume.remove:octavia_sockets",
        "volume.remove:octavia_data",
    }
    drop = next(operation for operation in plan if operation.action == "database.remove")
    assert drop.payload == (f"{NODE}-mariadb", "octavia", "octavia")
    assert f"container.remove:{API.name}" in drop.needs
    entry = next(operation for operation in plan if operation.action == "endpoint.remove")
    assert "holdings.remove:octavia" in entry.needs


@pytest.mark.parametrize(
    ("known", "kept", "erased"),
    [
        ({}, [], []),
        ({"stacks": (True, True)}, ["domain.disable:stacks"], ["domain.remove:stacks"]),
        ({"stacks": (False, True)}, [], ["domain.remove:stacks"]),
        ({"stacks": (True, False)}, [], []),
    ],
)
def test_a_domain_is_switched_off_and_goes_with_the_data(
    known: dict[str, tuple[bool, bool]], kept: list[str], erased: list[str]
) -> None:
    """One that does not bear our mark is somebody's own, and stays as it is."""
    for erase, expected in ((False, kept), (True, erased)):
        wanted = replace(REST, retired=(replace(GONE, domains=("stacks",), erase=erase),))
        plan = make(wanted, there(domains=known))
        assert [one for one in steps(plan) if one.startswith("domain")] == expected
        for one in plan:
            assert not one.action.startswith("domain") or f"container.remove:{API.name}" in one.needs


def test_a_user_that_others_trust_is_disabled_and_goes_with_the_data() -> None:
    wanted = replace(REST, retired=(replace(GONE, trusted=True),))
    assert [one for one in steps(make(wanted, there())) if "account" in one] == ["account.disable:octavia"]
    off = there(disabled=frozenset({"octavia"}))
    assert [one for one in steps(make(wanted, off)) if "account" in one] == []
    erased = replace(REST, retired=(replace(GONE, trusted=True, erase=True),))
    assert [one for one in steps(make(erased, off)) if "account" in one] == ["account.remove:octavia"]


def test_what_is_gone_leaves_nothing_to_do() -> None:
    assert make(OFF, settled(OFF)).empty
    assert make(OFF, replace(settled(OFF), volumes=settled(OFF).volumes | set(GONE.data_volumes))).empty


def test_of_what_is_gone_only_the_databases_cannot_be_seen() -> None:
    assert steps(make(ERASED, settled(ERASED))) == ["database.remove:octavia"]


@pytest.mark.parametrize("half", ["endpoint", "containers"])
def test_what_was_cut_off_is_gone_on_with(half: str) -> None:
    observed = there(catalogue=settled(REST).apis.catalogue)  # type: ignore[union-attr]
    if half == "endpoint":
        expected = ["container.remove:octavia_api", "account.remove:octavia", "volume.remove:octavia_sockets"]
        assert steps(make(OFF, observed)) == expected
    else:
        expected = ["account.remove:octavia", "volume.remove:octavia_sockets"]
        assert sorted(steps(make(OFF, without(observed)))) == expected


def test_what_somebody_else_made_under_the_name_stays() -> None:
    elsewhere = replace(LISTED, urls={"public": "https://elsewhere"})
    theirs = there(catalogue=(*settled(REST).apis.catalogue, elsewhere), made=frozenset())  # type: ignore[union-attr]
    observed = replace(without(theirs), volumes=settled(REST).volumes)
    assert make(OFF, observed).empty


def test_a_user_from_before_the_mark_goes_with_its_containers() -> None:
    assert "account.remove:octavia" in steps(make(OFF, there(made=frozenset())))


def test_while_keystone_is_silent_the_containers_tell() -> None:
    observed = replace(there(), apis=None)
    order = steps(make(OFF, observed))
    assert order.index("endpoint.remove:octavia") < order.index("container.remove:octavia_api")
    assert order.index("container.remove:octavia_api") < order.index("account.remove:octavia")
    assert "endpoint.remove:octavia" not in steps(make(OFF, replace(without(observed), apis=None)))


def test_a_service_that_does_not_run_cannot_be_asked_for_what_users_have() -> None:
    observed = there()
    stopped = {**observed.containers, API.name: state(API, status="exited")}
    order = steps(make(ERASED, replace(observed, containers=stopped)))
    assert "holdings.remove:octavia" not in order
    assert "database.remove:octavia" in order


def test_first_deployment_without_it_removes_nothing() -> None:
    assert not any("remove" in operation.action for operation in make(OFF, Observed()))


def test_its_removal_waits_for_those_it_needs() -> None:
    observed = there()
    broken = {**observed.containers, f"{NODE}-neutron_server": state(REST.containers[3], status="exited")}
    plan = make(ERASED, replace(observed, containers=broken))
    holdings = next(operation for operation in plan if operation.action == "holdings.remove")
    assert f"container.ready:{NODE}-neutron_server" in holdings.needs


def test_the_cause_names_the_line_unless_it_is_the_default() -> None:
    assert GONE.cause == WHY
    assert replace(GONE, source="default").cause == "octavia is off"


def drifted(**change: object) -> list[str]:
    """Return operations and causes for a settled cloud of which the APIs say something else."""
    observed = settled(REST)
    assert observed.apis is not None
    known: ObservedApis = replace(observed.apis, **change)  # type: ignore[arg-type]
    return [f"{one.id}: {one.cause}" for one in make(REST, replace(observed, apis=known))]


@pytest.mark.parametrize(
    ("login", "cause"),
    [
        ("missing", "it is not there"),
        ("disabled", "it was disabled through the API"),
        ("refused", "its password was changed through the API; it is written in passwords.yml"),
    ],
)
def test_what_was_done_to_a_service_user(login: str, cause: str) -> None:
    assert drifted(logins={"neutron": login, "keystone": "ok"}) == [f"account.ensure:neutron: {cause}"]


def test_the_project_of_all_of_them_was_disabled() -> None:
    found = drifted(project_off=True)
    assert "account.ensure:neutron: its project, service, was disabled through the API" in found
    assert all(one.startswith("account.ensure:") for one in found)


def test_roles_taken_away() -> None:
    accounts = {name: frozenset({"admin", "service"}) for name in ("keystone", "mariadb", "neutron")}
    accounts["neutron"] = frozenset({"service"})
    assert drifted(accounts=accounts) == ["account.ensure:neutron: it lacks the role admin"]
    del accounts["neutron"]
    assert drifted(accounts=accounts) == ["account.ensure:neutron: it lacks the role admin, service"]
    assert drifted(accounts=accounts, logins={}) == ["account.ensure:neutron: it is not there"]


def test_what_was_done_to_endpoints() -> None:
    observed = settled(REST)
    assert observed.apis is not None
    first, *rest = observed.apis.catalogue
    url = first.urls["public"]

    def causes(*changed: ObservedEndpoint) -> str:
        (line,) = drifted(catalogue=(*changed, *rest))
        return line.removeprefix(f"endpoint.ensure:{first.name}: ")

    assert causes() == "it is not there"
    assert causes(replace(first, disabled=frozenset({"service"}))) == "it was disabled through the API"
    assert causes(replace(first, disabled=frozenset({"admin"}))) == "its admin URL was disabled through the API"
    assert causes(replace(first, doubled=frozenset({"public"}))) == "it has several public URLs"
    assert causes(replace(first, urls={"public": url, "internal": url})) == "its admin URL is missing"
    moved = replace(first, urls={**first.urls, "public": "http://x"})
    assert causes(moved) == f"its public URL is http://x, not {url}"
    assert causes(replace(first, urls={}), first) == "it is listed more than once"


def test_an_api_that_goes_is_told_as_such() -> None:
    assert outlook(make(OFF, there()), OFF, {}).gone == ("the load-balancer API",)
    assert outlook(make(OFF, settled(OFF)), OFF, {}).gone == ()


def test_what_cannot_be_seen_without_a_login_says_so() -> None:
    observed = replace(settled(REST), apis=None, refused="keystone_admin_password")
    plan = make(REST, observed)
    assert {one.cause for one in plan} == {"unknown until keystone takes the administrator's password"}
    assert {one.cause for one in make(REST, replace(observed, refused=""))} == {"unknown until keystone answers"}


def test_users_things_go_while_those_who_help_with_it_are_as_they_were() -> None:
    """Nova detaches volumes: it must still know of Cinder then."""
    changed = tuple(
        replace(spec, environment=(("NEW", "1"),)) if spec.short == "neutron_server" else spec
        for spec in ERASED.containers
    )
    order = steps(plan := make(replace(ERASED, containers=changed), there()))
    moved = [operation for operation in plan if operation.target.endswith("neutron_server")]
    assert moved and all("holdings.remove:octavia" in one.needs for one in moved)
    assert order[0] == "holdings.remove:octavia"
