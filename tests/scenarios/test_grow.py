"""Services are added to a cloud that runs, and taken away again. Nobody else notices but whom the plan names."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.scenarios.calls import calling
from tests.scenarios.cloud import NAME, Cloud, containers, docker
from tests.scenarios.probe import probing

pytestmark = pytest.mark.e2e

CORE = "enable_heat: no\nenable_horizon: no\n"
ALWAYS = ("identity", "image", "compute", "network", "placement", "load-balancer")
ADDITIONS = (("heat",), ("horizon",), ("cinder", "--with-deps"), ("barbican",))


@pytest.fixture(scope="module")
def address(cloud: Cloud) -> Iterator[str]:
    """A cloud without what is to be added, with guests behind a load balancer at this address."""
    cloud.settings(CORE)
    cloud.ok("down", "--yes")
    cloud.ok("up", "--no-verify")
    yield cloud.ok("verify", "--keep", "--json").json["address"]
    cloud.ok("down", "--yes")


def announced(cloud: Cloud, *command: str) -> set[str]:
    """Return the service types whose API the plan says will not answer for a while."""
    document = cloud.run(*command, "--plan", "--json").json["plan"]
    told = " ".join(one["what"] for one in document["outlook"]["interruptions"])
    # Of keystone it says what it means: nobody's token is looked at.
    named = {kind for kind in ALWAYS if f"the {kind} API" in told}
    return named | ({"identity"} if "all APIs" in told else set())


def nobody_else_notices(cloud: Cloud, address: str, *command: str) -> None:
    """Run the command: guests answer all the while, and so do the APIs, but for those that the plan names."""
    expected = announced(cloud, *command)
    image = docker("inspect", "--format", "{{.Config.Image}}", f"{NAME}-node1")
    with calling(f"http://{address}", f"{NAME}-2-external", image) as calls, probing(cloud, ALWAYS) as probe:
        answer = cloud.ok(*command, "--yes")
    (cloud.folder / f"grow-{'-'.join(command)}.txt").write_text(f"{answer.seconds:.1f} s, {calls}, {probe}\n")
    assert calls.failures == [] and calls.answered >= 5
    assert {failure.partition(":")[0] for failure in probe.failures} <= expected, probe
    assert min(probe.answers.values()) >= 5, probe


@pytest.mark.parametrize("names", ADDITIONS, ids=lambda names: names[0])
def test_a_service_is_added_while_the_cloud_runs(cloud: Cloud, address: str, names: tuple[str, ...]) -> None:
    """Its API is in the catalogue afterwards, nothing is left to do, and the others answered."""
    before = containers()
    nobody_else_notices(cloud, address, "enable", *names)
    new = {name.removeprefix(f"{NAME}-node1-") for name in containers().keys() - before.keys()}
    assert any(name.startswith(names[0]) for name in new), new
    cloud.ok("plan")
    listed = {row["name"]: row["state"] for row in cloud.ok("services", "--json").json["services"]}
    assert listed[names[0]] == "on"


def test_everything_together_works(cloud: Cloud, address: str) -> None:
    """``verify`` covers what was added; the cloud stays healthy."""
    report = cloud.ok("verify", "--json").json
    assert [check for check in report["checks"] if not check["ok"]] == []
    proven = {check["name"] for check in report["checks"]}
    assert proven >= {"stack", "dashboard", "ceph", "volume", "volume-backup", "load-balancer"}, proven
    assert cloud.ok("status", "--json").json["healthy"] is True


def test_the_client_has_the_commands_of_every_service(cloud: Cloud, address: str) -> None:
    """They run, with nothing on standard error."""
    for command in (
        ("stack", "list"),
        ("orchestration", "service", "list"),
        ("volume", "list"),
        ("volume", "service", "list"),
        ("volume", "backup", "list"),
        ("secret", "list"),
        ("loadbalancer", "list"),
    ):
        answer = cloud.ok("openstack", *command, "-f", "json")
        assert answer.err == "", command
        assert isinstance(json.loads(answer.out), list)


def test_what_others_need_cannot_go(cloud: Cloud, address: str) -> None:
    refused = cloud.run("disable", "ceph", "--yes")
    assert refused.code == 1 and "cinder" in refused.text


def test_services_are_taken_away_again(cloud: Cloud, address: str) -> None:
    """With their data: no container, volume, database, catalogue entry or user of theirs is left."""
    kept = cloud.ok("verify", "--keep", "--json").json["address"]
    nobody_else_notices(cloud, kept, "disable", "barbican", "heat", "horizon", "--delete-data")
    # Disks of guests are in Ceph by now, and the guests go with them.
    cloud.ok("disable", "cinder", "ceph", "--delete-data", "--yes")
    gone = ("heat", "horizon", "ceph", "cinder", "barbican")
    left = [*containers(), *docker("volume", "ls", "--format", "{{.Name}}").split()]
    assert [name for name in left if name.startswith(f"{NAME}-") and any(word in name for word in gone)] == []
    databases = docker("exec", f"{NAME}-node1-mariadb", "ls", "/var/lib/mysql/data").split()
    assert not set(databases) & set(gone)
    catalogue = cloud.ok("openstack", "catalog", "list", "-f", "value").out
    users = cloud.ok("openstack", "user", "list", "-f", "value").out
    assert not [word for word in gone if word in catalogue or word in users]
    cloud.ok("plan")
