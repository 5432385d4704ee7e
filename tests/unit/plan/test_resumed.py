"""Plans for clouds that were cut off while they were made."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.plan.carry import carried_out
from tests.unit.plan.world import NODE, desired, settled, spec, state

from skylift.model.container import Mount
from skylift.plan.make import make

CLOUD = (
    spec("mariadb", "mariadb"),
    spec("mariadb_databases", "mariadb", job=True, after=("mariadb",)),
    spec("nova_schema", "nova", job=True, after=("mariadb_databases",)),
    spec("nova_api", "nova", after=("nova_schema",)),
)


def test_who_comes_after_a_job_that_is_done_waits_for_what_the_job_needed() -> None:
    wanted = desired(*CLOUD)
    seen = settled(wanted)
    containers = dict(seen.containers)
    containers[f"{NODE}-mariadb"] = replace(state(CLOUD[0]), status="exited", exit_code=255)
    containers[f"{NODE}-nova_schema"] = replace(state(CLOUD[2]), status="exited", exit_code=255)
    del containers[f"{NODE}-nova_api"]
    plan = make(wanted, replace(seen, containers=containers))
    needs = {operation.id: operation.needs for operation in plan}
    assert f"container.ready:{NODE}-mariadb" in needs[f"job.run:{NODE}-nova_schema"]
    assert needs[f"container.start:{NODE}-nova_api"] >= {f"job.run:{NODE}-nova_schema"}
    assert f"job.run:{NODE}-mariadb_databases" not in needs


def test_a_server_that_was_not_checked_yet_is_waited_for_through_jobs() -> None:
    wanted = desired(*CLOUD)
    seen = settled(wanted)
    containers = dict(seen.containers)
    containers[f"{NODE}-mariadb"] = replace(state(CLOUD[0]), health="starting")
    containers[f"{NODE}-nova_api"] = replace(state(CLOUD[3]), status="exited", exit_code=1)
    plan = make(wanted, replace(seen, containers=containers))
    needs = {operation.id: operation.needs for operation in plan}
    assert f"container.ready:{NODE}-mariadb" in needs[f"container.start:{NODE}-nova_api"]
    assert f"container.ready:{NODE}-mariadb" in needs


def test_data_that_were_lost_are_prepared_again_also_by_a_run_that_finds_the_new_volume() -> None:
    wanted = desired(replace(CLOUD[0], mounts=(Mount("volume", f"{NODE}-mariadb", "/data"),)), *CLOUD[1:])
    lost = replace(settled(wanted), volumes=frozenset())
    plan = list(make(wanted, lost))
    made = [operation.action for operation in plan].index("volume.create")
    rest = {operation.id for operation in make(wanted, carried_out(plan[: made + 1], wanted, lost))}
    assert {f"job.run:{NODE}-mariadb_databases", f"job.run:{NODE}-nova_schema"} <= rest
    assert f"container.create:{NODE}-mariadb" in rest


def test_a_node_whose_network_was_lost_is_made_anew_also_by_a_run_that_finds_the_new_one() -> None:
    """An engine may go on listing the network that is gone on a stopped container, and then does not start it."""
    wanted = desired(*CLOUD)
    lost = replace(settled(wanted), networks={})
    plan = list(make(wanted, lost))
    made = max(number for number, operation in enumerate(plan) if operation.action == "network.create")
    rest = [operation.id for operation in make(wanted, carried_out(plan[: made + 1], wanted, lost))]
    assert f"container.create:{NODE}" in rest
