"""A running cloud is changed, by its settings and behind Skylift's back: what the plan says, and what then happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.by_hand import made_anew
from tests.scenarios.cloud import Cloud, containers, docker, names_of, short
from tests.scenarios.conftest import host
from tests.scenarios.host_snapshot import compare
from tests.scenarios.probe import probing

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900), pytest.mark.usefixtures("running")]

CONF = "/etc/nova/nova.conf"


def causes(cloud: Cloud, *arguments: str) -> dict[str, list[str]]:
    """Return what ``plan`` says about each container that changes, by its short name."""
    answer = cloud.run("plan", "--json", *arguments)
    assert answer.code == 2, answer.text
    prefix = short("")
    return {change["target"].removeprefix(prefix): change["causes"] for change in answer.json["changes"]}


def override(cloud: Cloud, name: str, text: str) -> Path:
    """Write an override file; an empty text removes it."""
    path = cloud.config / "config" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if not text:
        path.unlink()
    return path


def objects() -> list[object]:
    """Return all that the engine says of each container, but for its health checks, which go on."""
    shown = json.loads(docker("inspect", *sorted(names_of())))
    for one in shown:
        one["State"].pop("Health", None)
        one.pop("ExecIDs")
        one["Mounts"].sort(key=lambda mount: mount["Destination"])
    return list(shown)


def touched(before: dict[str, str]) -> set[str]:
    """Return the short names of the containers that are others, or started anew, since ``before``."""
    return {name.removeprefix(short("")) for name, line in containers().items() if before.get(name) != line}


def test_planning_changes_nothing(cloud: Cloud) -> None:
    """``plan`` in each of its forms leaves the host and every object of the engine as they are."""
    cloud.settings("openstack_logging_debug: yes\novn_remote_probe_interval: 50000\n")
    engine, machine = objects(), host()
    assert cloud.run("plan").code == 2
    assert cloud.run("plan", "--only", "nova").code == 2
    assert cloud.run("plan", "--out", str(cloud.folder / "some.plan")).code == 2
    assert objects() == engine
    # Health checks start and end processes all the time.
    differences = [line for line in compare(machine, host()) if not line.startswith("processes:")]
    assert not differences, "\n".join(differences[:40])
    cloud.settings()


def test_a_kept_plan_is_what_is_applied(cloud: Cloud) -> None:
    """``apply FILE`` refuses when the world has moved and says what moved; else it does exactly what was planned."""
    kept = str(cloud.folder / "kept.plan")
    cloud.settings("fernet_token_expiry: 7000\n")
    assert cloud.run("plan", "--out", kept).code == 2
    docker("restart", short("memcached"))
    refused = cloud.run("apply", kept, "--yes")
    assert refused.code == 1
    assert "memcached" in refused.text and "moved" in refused.text
    cloud.settings("fernet_token_expiry: 7100\n")
    assert cloud.run("plan", "--out", kept).code == 2
    cloud.settings("fernet_token_expiry: 7200\n")
    refused = cloud.run("apply", kept, "--yes")
    assert refused.code == 1
    assert "keystone: the settings ask for something else now" in refused.text
    assert cloud.run("plan", "--out", kept).code == 2
    before = containers()
    cloud.ok("apply", kept, "--yes")
    assert touched(before) == {"keystone", "keystone_fernet"}
    assert cloud.run("apply", kept, "--yes").code == 1
    (cloud.folder / "kept.plan").write_text("{}")
    broken = cloud.run("apply", kept, "--yes")
    assert broken.code == 1
    assert "no plan that can be applied" in broken.text


def test_one_option_of_nova_restarts_nova_and_nobody_else_notices(cloud: Cloud) -> None:
    """The cause names option and line; other services' APIs answer every request meanwhile."""
    cloud.settings()
    cloud.ok("up", "--no-verify")
    override(cloud, "nova.conf", "[DEFAULT]\nreclaim_instance_interval = 77\n")
    said = causes(cloud)
    assert set(said) == {name for name in said if name.startswith("nova_")} and "nova_api" in said
    assert said["nova_api"] == ["nova.conf [DEFAULT] reclaim_instance_interval = 77 (config/nova.conf:2)"]
    before = containers()
    with probing(cloud, ("identity", "image", "network", "placement", "load-balancer")) as probe:
        answer = cloud.ok("apply", "--yes")
    assert touched(before) == set(said)
    assert probe.failures == [] and min(probe.answers.values()) >= 10, probe
    assert "reclaim_instance_interval = 77" in docker("exec", short("nova_api"), "cat", CONF)
    measured = f"one option of nova: {answer.seconds:.1f} s; requests answered meanwhile: {probe.answers}"
    (cloud.folder / "one-option.txt").write_text(measured)
    override(cloud, "nova.conf", "")
    assert causes(cloud)["nova_api"] == [
        "nova.conf [DEFAULT] reclaim_instance_interval is no longer set (it was 77) (config/nova.conf is gone)"
    ]
    cloud.ok("apply", "--yes")


def test_what_can_reload_is_not_restarted(cloud: Cloud) -> None:
    """OVN's databases and its controller take over new settings as they run."""
    cloud.settings("ovn_db_inactivity_probe: 70000\novn_remote_probe_interval: 50000\n")
    before = containers()
    plan = cloud.run("plan", "--json").json
    assert {change["verdict"] for change in plan["changes"]} == {"reload"}
    assert plan["outlook"]["interruptions"] == []
    cloud.ok("apply", "--yes")
    assert touched(before) == set()
    command = (
        "exec",
        short("openvswitch_vswitchd"),
        "ovs-vsctl",
        "get",
        "open",
        ".",
        "external-ids:ovn-remote-probe-interval",
    )
    assert docker(*command) == '"50000"'
    cloud.ok("plan")
    docker("restart", short("ovn_nb_db"))
    # At its start the file is given anew, from what the reload has left.
    show = "for _ in $(seq 100); do cat /etc/ovn/nb.json 2>/dev/null && break; sleep 0.2; done"
    assert "70000" in docker("exec", short("ovn_nb_db"), "sh", "-c", show)
    cloud.settings()
    cloud.ok("up", "--no-verify")


def test_edits_inside_containers_are_shown_and_put_back(cloud: Cloud) -> None:
    """A file edited where it is used, and one edited where it was given, are told with what was changed."""
    wanted = docker("exec", short("nova_api"), "cat", CONF)
    docker("exec", "-u", "root", short("nova_api"), "sed", "-i", "s/^debug = .*/debug = true/", CONF)
    given = "/var/lib/kolla/config_files/placement.conf"
    docker("exec", "-u", "root", short("placement_api"), "sh", "-c", f"echo '# mine' >> {given}")
    said = causes(cloud)
    assert set(said) == {"nova_api", "placement_api"}
    assert "edited by hand inside the container: [DEFAULT] debug: false → true" in said["nova_api"][0]
    assert "write it to config/nova.conf" in said["nova_api"][0]
    assert "placement.conf was edited by hand" in said["placement_api"][0]
    cloud.ok("apply", "--yes")
    assert docker("exec", short("nova_api"), "cat", CONF) == wanted
    assert "# mine" not in docker("exec", "-u", "root", short("placement_api"), "cat", given)
    cloud.ok("plan")


HANDS = {
    "another variable": ({"environment": ["LOOSE=1"]}, "variable LOOSE added by hand"),
    "another mount": ({"mounts": ["/usr/share/doc:/mnt:ro"]}, "mount /mnt added by hand"),
    "a foreign image": ({"image_of": "mariadb"}, "made from another image"),
    "another network": ({"network": "none"}, "it is not in the network of node1"),
}


@pytest.mark.parametrize(("change", "told"), HANDS.values(), ids=HANDS.keys())
def test_containers_made_anew_by_hand_are_seen(cloud: Cloud, change: dict[str, object], told: str) -> None:
    """A container with our name and labels, but another setup, is told and replaced."""
    made_anew(short("memcached"), change)
    said = causes(cloud)
    assert set(said) == {"memcached"}
    assert any(told in cause for cause in said["memcached"]), said
    cloud.ok("apply", "--yes")
    assert "LOOSE" not in docker("inspect", short("memcached"))
    cloud.ok("plan")


def test_changes_through_the_api_are_seen_and_put_right(cloud: Cloud) -> None:
    """An endpoint's other URL, a user that was disabled and a password that was changed are told and repaired."""
    listed = cloud.ok("openstack", "endpoint", "list", "--service", "image", "--interface", "public", "-f", "json").out
    endpoint = json.loads(listed)[0]
    cloud.ok("openstack", "endpoint", "set", "--url", "http://192.0.2.9:1", endpoint["ID"])
    cloud.ok("openstack", "user", "set", "--disable", "placement")
    answer = cloud.run("plan", "--json")
    assert answer.code == 2
    said = {operation["target"]: operation["cause"] for operation in answer.json["operations"]}
    assert "192.0.2.9" in said["glance"]
    assert "disabled" in said["placement"]
    cloud.ok("apply", "--yes")
    shown = json.loads(cloud.ok("openstack", "endpoint", "show", endpoint["ID"], "-f", "json").out)
    assert shown["url"] == endpoint["URL"]
    assert json.loads(cloud.ok("openstack", "user", "show", "placement", "-f", "json").out)["enabled"] is True
    cloud.ok("plan")


def test_a_limited_run_leaves_the_others_alone(cloud: Cloud) -> None:
    """``--only glance`` touches glance; the plan says what is left; an unknown service is refused."""
    cloud.settings("openstack_logging_debug: yes\n")
    assert set(causes(cloud, "--only", "glance")) == {"glance_api"}
    before = containers()
    cloud.ok("apply", "--only", "glance", "--yes")
    assert touched(before) == {"glance_api"}
    assert "nova_api" in causes(cloud)
    wrong = cloud.run("plan", "--only", "glanec")
    assert wrong.code == 1
    assert "glance" in wrong.text
    cloud.settings()
    cloud.ok("up", "--no-verify")
