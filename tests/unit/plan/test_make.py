"""Plans compared with literal lines."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.plan.world import NODE, desired, settled, spec, state

from skylift.model.container import ContainerState
from skylift.model.desired import Desired, Resource
from skylift.model.observed import Observed
from skylift.model.plan import Plan
from skylift.plan.make import make
from skylift.plan.teardown import teardown

CLOUD = (
    spec("mariadb", "mariadb", volume="mariadb"),
    spec("keystone_schema", "keystone", job=True, after=("mariadb",)),
    spec("keystone", "keystone", after=("keystone_schema",)),
    spec("nova_schema", "nova", job=True, after=("mariadb",)),
    spec("nova_api", "nova", after=("nova_schema",)),
    spec("nova_compute", "nova", after=("catalogue",), volume="nova_compute"),
)
FLAVOR = Resource("flavor", "m1.tiny", {"ram": 512}, ("nova",), "default")
WHOLE = desired(*CLOUD, resources=(FLAVOR,), catalogue=True)


def lines(plan: Plan) -> list[str]:
    return [f"{operation.action} {operation.target.removeprefix(NODE + '-')}: {operation.cause}" for operation in plan]


def replaced(wanted: Desired, short: str, **change: object) -> Desired:
    """Return ``wanted`` with one container changed."""
    return replace(
        wanted,
        containers=tuple(
            replace(one, **change) if one.short == short else one  # type: ignore[arg-type]
            for one in wanted.containers
        ),
    )


def seen(observed: Observed, short: str, **change: object) -> Observed:
    """Return ``observed`` with one container found otherwise."""
    name = f"{NODE}-{short}" if short != "node1" else NODE
    found: ContainerState = replace(observed.containers[name], **change)  # type: ignore[arg-type]
    return replace(observed, containers={**observed.containers, name: found})


def test_a_settled_cloud_needs_nothing() -> None:
    assert make(WHOLE, settled(WHOLE)).empty


def test_what_the_engine_has_not_checked_yet_is_no_reason_to_act() -> None:
    observed = settled(WHOLE)
    for short in ("keystone", "nova_api", "mariadb"):
        observed = seen(observed, short, health="starting")
    assert make(WHOLE, observed).empty


def test_what_is_not_ready_yet_is_waited_for_when_something_needs_it() -> None:
    observed = seen(seen(settled(WHOLE), "mariadb", health="starting"), "nova_schema", exit_code=1)
    plan = make(WHOLE, observed)
    assert "container.ready mariadb: others wait for it" in lines(plan)
    job = next(op for op in plan if op.action == "job.run")
    assert f"container.ready:{NODE}-mariadb" in job.needs


def test_first_deployment() -> None:
    plan = make(desired(*CLOUD[:3]), Observed())
    assert sorted(lines(plan)) == [
        "container.create keystone: it is not there",
        "container.create keystone_schema: it is not there",
        "container.create mariadb: it is not there",
        f"container.create {NODE}: it is not there",
        "container.ready keystone: it is not there",
        "container.ready mariadb: it is not there",
        f"container.ready {NODE}: it is not there",
        "container.start keystone: it is not there",
        "container.start mariadb: it is not there",
        f"container.start {NODE}: it is not there",
        "job.run keystone_schema: it is not there",
        "network.create test-1-internal: it is not there",
        "network.create test-2-external: it is not there",
        "network.create test-3-tunnel: it is not there",
        "volume.create mariadb: it is not there",
    ]


def test_one_changed_file_touches_one_container_and_is_named() -> None:
    config = spec("nova_api", "nova", after=("nova_schema",), text="debug = true").files
    assert lines(make(replaced(WHOLE, "nova_api", files=config), settled(WHOLE))) == [
        "container.remove nova_api: nova.conf changed",
        "container.create nova_api: nova.conf changed",
        "container.start nova_api: nova.conf changed",
        "container.ready nova_api: nova.conf changed",
    ]


def test_a_new_image_is_named() -> None:
    causes = {operation.cause for operation in make(replaced(WHOLE, "keystone", image_id="sha256:2"), settled(WHOLE))}
    assert causes == {"image changed: 1 → 2"}


def test_an_exited_container_is_started() -> None:
    assert lines(make(WHOLE, seen(settled(WHOLE), "nova_api", status="exited", exit_code=137))) == [
        "container.start nova_api: it exited with code 137",
        "container.ready nova_api: it exited with code 137",
    ]


def test_what_lost_its_namespace_is_restarted() -> None:
    plan = make(WHOLE, seen(settled(WHOLE), "node1", started=50.0))
    restarted = {op.target for op in plan if op.action == "container.stop"}
    assert restarted == {one.name for one in CLOUD if not one.job}
    assert {op.cause for op in plan} == {"its node node1 was restarted"}


def test_a_job_that_failed_is_made_anew_and_what_waits_for_it_waits() -> None:
    observed = seen(settled(WHOLE), "nova_schema", exit_code=1)
    observed = seen(observed, "nova_api", status="created")
    plan = make(WHOLE, observed)
    start = next(op for op in plan if op.id == f"container.start:{NODE}-nova_api")
    assert f"job.run:{NODE}-nova_schema" in start.needs
    assert f"container.remove:{NODE}-nova_schema" in {op.id for op in plan}


def test_jobs_are_repeated_when_the_data_they_prepared_are_gone() -> None:
    observed = settled(WHOLE)
    observed = replace(observed, volumes=observed.volumes - {f"{NODE}-mariadb"})
    causes = {op.target.removeprefix(NODE + "-"): op.cause for op in make(WHOLE, observed) if "job" in op.action}
    assert causes == dict.fromkeys(("keystone_schema", "nova_schema"), "the data it had prepared are gone")


def test_a_job_borrows_files_that_are_no_input() -> None:
    job = spec("nova_schema", "nova", job=True, after=("mariadb",), text="debug = true")
    given_only = replace(job, uncounted=frozenset(file.path for file in job.files))
    other = replace(given_only, files=spec("x", "nova", text="debug = false").files)
    assert given_only.digest == other.digest != job.digest


def test_a_new_catalogue_comes_before_what_waits_for_it() -> None:
    plan = make(WHOLE, replace(seen(settled(WHOLE), "nova_compute", status="created"), apis=None))
    start = next(op for op in plan if op.id == f"container.start:{NODE}-nova_compute")
    assert {"account.ensure:nova", "endpoint.ensure:keystone", "role.ensure:load-balancer_member"} <= start.needs
    flavor = next(op for op in plan if op.action == "resource.ensure")
    assert start.id not in flavor.needs
    assert f"container.ready:{NODE}-nova_compute" in flavor.needs


def test_a_changed_value_of_a_resource_names_its_place() -> None:
    changed = replace(WHOLE, resources=(replace(FLAVOR, values={"ram": 1024}, source="globals.yml:3"),))
    assert lines(make(changed, settled(WHOLE))) == [
        "resource.ensure flavor/m1.tiny: ram is 512, not 1024 (globals.yml:3)"
    ]


def test_what_could_not_be_asked_for_names_who_did_not_answer() -> None:
    observed = settled(WHOLE)
    assert observed.apis is not None
    observed = replace(observed, apis=replace(observed.apis, resources={}))
    assert lines(make(WHOLE, observed)) == ["resource.ensure flavor/m1.tiny: unknown until nova answers"]


def test_an_endpoint_changed_through_the_api_is_seen() -> None:
    observed = settled(WHOLE)
    assert observed.apis is not None
    first, *rest = observed.apis.catalogue
    moved = replace(first, urls={**first.urls, "admin": "http://elsewhere"})
    observed = replace(observed, apis=replace(observed.apis, catalogue=(moved, *rest)))
    assert lines(make(WHOLE, observed)) == [
        f"endpoint.ensure {first.name}: its admin URL is http://elsewhere, not {first.urls['public']}"
    ]


def test_what_nobody_asks_for_goes() -> None:
    observed = settled(WHOLE)
    extra = spec("heat_api", "heat")
    observed = replace(observed, containers={**observed.containers, extra.name: state(extra)})
    assert lines(make(WHOLE, observed)) == ["container.remove heat_api: nothing in the settings asks for it"]


def test_teardown_takes_the_node_last_and_keeps_what_is_to_be_kept() -> None:
    plan = teardown("test", settled(WHOLE), keep=frozenset({f"{NODE}-mariadb"}))
    order = [operation.id for operation in plan]
    node = f"container.remove:{NODE}"
    assert all(order.index(identity) < order.index(node) for identity in order[: len(CLOUD)])
    assert f"volume.remove:{NODE}-mariadb" not in order
    assert f"volume.remove:{NODE}-nova_compute" in order
