"""The status: what counts as trouble, and what is read from where."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from skylift import services
from skylift.app.status import (
    ContainerLine,
    NodeLine,
    ServiceLine,
    Status,
    container_lines,
    guest_disks,
    public_urls,
    where_guest_disks_are,
)
from skylift.app.versions import parse
from skylift.app.workspace import Workspace
from skylift.cli.views.status import show
from skylift.model.container import LABEL, ContainerState
from skylift.model.observed import Observed
from skylift.model.service import Service
from skylift.model.service_container import Container, Storage
from skylift.model.service_image import Image
from skylift.settings import load_text

NOW = 10_000.0


def state(short: str, status: str = "running", kind: str = "container", **more: Any) -> ContainerState:
    labels = {LABEL + "container": short, LABEL + "service": "nova", LABEL + "node": "node1", LABEL + "kind": kind}
    found = ContainerState(f"skylift-node1-{short}", "1", "skylift/x:1", "id", labels, status, started=NOW - 300)
    return replace(found, **more)


def test_those_in_trouble_come_first_and_jobs_last() -> None:
    lines = container_lines(
        (
            state("nova_api", health="healthy"),
            state("nova_schema", "exited", "job", exit_code=0, finished=NOW - 200),
            state("nova_conductor", "exited", exit_code=137, finished=NOW - 46_800),
            state("nova_compute", health="unhealthy"),
            state("nova_scheduler", health="starting", restarts=5, started=NOW - 3),
            state("nova_failed", "exited", "job", exit_code=1, finished=NOW - 100),
        ),
        NOW,
    )
    assert [(line.name, line.bad) for line in lines] == [
        ("nova_conductor", True),
        ("nova_compute", True),
        ("nova_scheduler", True),
        ("nova_failed", True),
        ("nova_api", False),
        ("nova_schema", False),
    ]
    assert next(line for line in lines if line.name == "nova_conductor").age == 46_800
    assert next(line for line in lines if line.name == "nova_api").age == 300


def test_a_container_that_restarted_long_ago_is_well() -> None:
    assert not container_lines((state("nova_api", restarts=5, started=NOW - 3600),), NOW)[0].bad


def test_guest_disks_are_named_where_the_engine_has_them() -> None:
    compute = Container(
        "nova_compute", Image("nova-compute", "openstack", "nova"), "nova-compute",
        storage=(Storage("nova_compute", "/var/lib/nova", "guests"),),
    )  # fmt: skip
    nova = Service("nova", "Compute", Path("/"), containers=(compute,))
    observed = Observed(volumes=frozenset({"skylift-node1-nova_compute", "skylift-node1-mariadb"}))
    assert guest_disks([nova], observed, "/data") == "/data/volumes/skylift-node1-nova_compute/_data/instances"
    assert guest_disks([nova], Observed(), "/data") == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "/data/volumes/skylift-node1-nova_compute/_data/instances"),
        ("enable_ceph: yes\n", "Ceph, pool vms (of guests made before: /data/volumes/skylift-node1-nova_compute/_data"),
        (
            "enable_ceph: yes\nnova_backend_ceph: no\n",
            "/data/volumes/skylift-node1-nova_compute/_data/instances",
        ),
    ],
)
def test_disks_of_new_guests_are_in_ceph_where_that_keeps_them(text: str, told: str) -> None:
    declared = services.load()
    workspace = cast(Workspace, SimpleNamespace(enabled=declared, settings=load_text(text, declared)))
    observed = Observed(volumes=frozenset({"skylift-node1-nova_compute"}))
    assert where_guest_disks_are(workspace, observed, "/data").startswith(told)


def test_versions_come_from_dist_info_and_dpkg() -> None:
    def service(name: str, package: str) -> Service:
        return Service(name, name, Path("/"), package=package)

    output = (
        "nova-34.0.0.dist-info\nopenstack_placement-16.0.0.dist-info\n"
        "mariadb-server 1:11.8.3-0+deb13u1\ndpkg-query: no packages found matching ovn-central\n"
    )
    services = [
        service("nova", "nova"), service("placement", "openstack-placement"),
        service("mariadb", "deb:mariadb-server"), service("ovn", "deb:ovn-central"),
    ]  # fmt: skip
    assert parse(output, services) == {"nova": "34.0.0", "placement": "16.0.0", "mariadb": "11.8.3"}


def test_public_urls() -> None:
    entry = {
        "type": "compute",
        "endpoints": [
            {"interface": "internal", "url": "http://a"},
            {"interface": "public", "url": "http://b"},
        ],
    }
    assert public_urls([entry]) == {"compute": "http://b"}


def line(
    name: str,
    status: str,
    health: str = "",
    kind: str = "container",
    age: float = 120.0,
    restarts: int = 0,
    exit_code: int | None = None,
) -> ContainerLine:
    return ContainerLine(name, "nova", "node1", kind, status, health, age, restarts, exit_code, "image")


@pytest.fixture
def status() -> Status:
    return Status(
        cloud="skylift",
        release="2026.2",
        release_name="Hibiscus",
        skylift="0.1.0",
        engine="host 20.10",
        deployed=True,
        api="answers",
        datapath="netdev",
        datapath_why="no module",
        virtualisation="qemu",
        virtualisation_why="a test guest did not start",
        guest_disks="/data",
        nodes=(NodeLine("node1", "running", "10.0.0.2", "172.24.4.2", "10.0.2.2", ("control",)),),
        services=(
            ServiceLine("nova", "Compute", "on", "enable_nova", "34.0.0", 3, 2),
            ServiceLine("heat", "Orchestration", "available", "enable_heat", "", 0, 0),
        ),
        containers=(
            line("nova_conductor", "exited", exit_code=137, age=46_800.0),
            line("nova_api", "running", "healthy", restarts=1),
            line("nova_schema", "exited", kind="job", exit_code=0),
        ),
        endpoints={"compute": "http://10.0.0.2:8774/v2.1"},
    )


def shown(status: Status) -> list[str]:
    stream = io.StringIO()
    show(Console(file=stream, width=160, highlight=False, color_system=None), status)
    return [text.rstrip() for text in stream.getvalue().splitlines()]


def test_status_as_text(status: Status) -> None:
    assert shown(status) == [
        "skylift  OpenStack 2026.2 Hibiscus, Skylift 0.1.0  1 container in trouble",
        "  guests run with   qemu  (a test guest did not start)",
        "  network datapath  netdev  (no module)",
        "  guest disks       /data",
        "  engine            host 20.10",
        "  node1             running  internal 10.0.0.2  external 172.24.4.2  tunnel 10.0.2.2",
        "",
        "in trouble",
        "  nova_conductor              exited (137)    13 h ago    node1",
        "",
        "services",
        "  nova                        on         34.0.0  2/3 run  Compute",
        "  heat                        available                   enable_heat: yes",
        "",
        "endpoints",
        "  compute           http://10.0.0.2:8774/v2.1",
        "",
        "containers",
        "  nova_api                    running  healthy  2 min  1 restart  node1",
        "  and 1 finished job",
    ]


def test_health_needs_containers_and_an_api(status: Status) -> None:
    assert not status.healthy
    assert status.as_dict()["healthy"] is False
    assert status.as_dict()["containers"][0]["exit_code"] == 137
