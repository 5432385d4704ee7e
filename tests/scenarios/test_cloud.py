"""The life of a cloud, from nothing to an address that answers and back to nothing."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from contextlib import closing

import pytest
from ruamel.yaml import YAML

from skylift.model.secret import Secret
from skylift.openstack.client import Api, Credentials
from tests.scenarios.cloud import NAME, Cloud, containers, docker, names_of, short
from tests.scenarios.host_snapshot import Snapshot
from tests.scenarios.watched import signal_watched

# The host is looked at before anything else, whichever of the scenarios are chosen.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800), pytest.mark.usefixtures("host_before")]

PROOFS = {
    "token",
    "image",
    "guests",
    "metadata",
    "guest-to-guest",
    "guest-to-outside",
    "floating-ip",
    "ssh",
    "novnc",
    "load-balancer",
    "console-log",
}


def test_an_interrupted_first_up_is_continued_by_the_next(cloud: Cloud, host_before: Snapshot) -> None:
    """The first Ctrl-C finishes what runs and ends with 130; the journal has the run."""
    process = cloud.start("up", "--no-verify")
    deadline = time.monotonic() + 300
    try:
        while len(names_of()) < 10 and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 130, out + err
    outcomes = [json.loads(path.read_text()) for path in sorted(cloud.journal.glob("runs/*-up-*/outcome.json"))]
    assert outcomes[-1]["outcome"] == "interrupted"


def test_a_cut_off_up_is_continued_by_the_next(cloud: Cloud) -> None:
    """SIGKILL at any moment leaves nothing that the next run could not use."""
    process = cloud.start("up", "--no-verify")
    time.sleep(12)
    process.kill()
    process.communicate(timeout=60)
    assert containers()


def test_up_ends_with_an_address_that_answered(cloud: Cloud) -> None:
    """``skylift up`` deploys the rest, proves all it can, and removes what it made for that."""
    answer = cloud.ok("up", "--json")
    report = answer.json["report"]
    assert {check["name"] for check in report["checks"]} >= PROOFS
    assert [check for check in report["checks"] if not check["ok"]] == []
    assert report["ok"] is True
    assert report["address"].startswith("172.") or report["address"].count(".") == 3
    assert containers().keys() >= {short("nova_api"), short("neutron_server"), short("octavia_api")}


def test_up_again_changes_nothing_and_says_so(cloud: Cloud) -> None:
    """A second ``up`` finds nothing to do; no container is touched; ``plan`` exits 0."""
    before = containers()
    answer = cloud.ok("up", "--no-verify")
    assert "nothing" in answer.text.lower()
    assert containers() == before
    plan = cloud.ok("plan", "--json")
    assert plan.json["operations"] == []


def test_verify_keep_leaves_an_address_that_answers(cloud: Cloud) -> None:
    """``verify --keep`` prints an address; a container on the external network gets an answer from it."""
    report = cloud.ok("verify", "--keep", "--json").json
    assert report["ok"] is True
    fetch = f"import urllib.request as r; print(r.urlopen('http://{report['address']}', timeout=10).read().decode())"
    image = docker("inspect", "--format", "{{.Config.Image}}", f"{NAME}-node1")
    arguments = ("run", "--rm", "--network", f"{NAME}-2-external", "--entrypoint", "python3", image, "-c", fetch)
    names = {docker(*arguments) for _ in range(8)}
    assert all(name.startswith("skylift-verify") for name in names), names


def test_verify_removes_what_another_left(cloud: Cloud) -> None:
    """A plain ``verify`` starts by removing kept guests, and leaves none of its own."""
    report = cloud.ok("verify", "--json").json
    assert report["ok"] is True
    left = cloud.ok("openstack", "server", "list", "--all-projects", "--format", "value").out
    assert left.strip() == ""


def test_a_stack_that_is_watched_gets_its_signals(cloud: Cloud) -> None:
    """Its signed address is right although others look at the stack while it is made. Three in eight were not."""
    seen = YAML(typ="safe").load(cloud.config / "clouds.yaml")["clouds"][NAME]["auth"]
    who = Credentials(seen["auth_url"], seen["username"], Secret(seen["password"]), seen["project_name"])
    with closing(Api(who)) as api:
        found = [signal_watched(api, f"watched-{number}") for number in range(6)]
    assert found == [(200, "CREATE_COMPLETE")] * 6


def test_status_tells_what_an_operator_asks(cloud: Cloud) -> None:
    """``status`` names release, versions, health, datapath, virtualisation and where guest disks lie."""
    document = cloud.ok("status", "--json").json
    text = json.dumps(document)
    assert "2026.2" in text
    assert "virt" in text and "datapath" in text
    human = cloud.ok("status").text
    for word in ("keystone", "nova_compute", "qemu", "2026.2", document["release_name"]):
        assert word in human
    assert document["release_name"] and document["virtualisation_why"]
    assert document["guest_disks"].endswith("/instances")
    assert {line["state"] for line in document["services"]} >= {"on", "available"}
    assert [line["name"] for line in document["services"] if line["state"] == "on" and not line["version"]] == []


KOLLA_START = re.compile(r"(\++ |\S+ \S+ INFO |INFO:|Running command: |$)")
"""Lines that ``kolla_start`` writes before it becomes the program."""
SPEAK_OF_TROUBLE_ONLY = {
    "keystone_fernet",
    "memcached",
    "nova_libvirt",
    "openvswitch_db",
    "openvswitch_vswitchd",
    "ovn_controller",
    "ovn_nb_db",
    "ovn_northd",
    "ovn_sb_db",
    "rabbitmq",
}


def test_every_container_delivers_a_log_line(cloud: Cloud) -> None:
    """Without debug: what a container says arrives, and each program that says something while all is well did."""
    assert "debug" not in (cloud.config / "globals.yml").read_text()
    silent, nothing = [], []
    for name in (name for name in containers() if name.startswith(short(""))):
        shown = subprocess.run(["docker", "logs", "--tail", "500", name], capture_output=True, text=True, check=True)
        lines = (shown.stdout + shown.stderr).splitlines()
        if not lines:
            nothing.append(name)
        if not any(not KOLLA_START.match(line) for line in lines):
            silent.append(name)
    assert nothing == []
    jobs = docker("ps", "-a", "--filter", "label=io.skylift.kind=job", "--format", "{{.Names}}").split()
    assert {name for name in silent if name not in jobs} <= {short(name) for name in SPEAK_OF_TROUBLE_ONLY}


def test_everyday_commands_pass_exit_codes(cloud: Cloud) -> None:
    """``openstack``, ``exec``, ``logs`` and ``env`` do what they say, and hand on the exit code."""
    assert "public1" in cloud.ok("openstack", "network", "list").out
    assert cloud.run("openstack", "server", "show", "there-is-none").code == 1
    assert cloud.ok("exec", "openvswitch_vswitchd", "ovs-vsctl", "list-br").out.split()[:1] == ["br-ex"]
    assert cloud.run("exec", "keystone", "sh", "-c", "exit 7").code == 7
    assert "keystone" in cloud.ok("logs", "keystone").text
    assert "OS_CLOUD" in cloud.ok("env").out or "OS_AUTH_URL" in cloud.ok("env").out


def test_a_killed_container_is_in_the_plan_and_comes_back(cloud: Cloud) -> None:
    """``plan`` exits 2 and names the cause; ``up`` starts that container and touches no other."""
    before = containers()
    docker("kill", short("glance_api"))
    plan = cloud.run("plan", "--json")
    assert plan.code == 2
    causes = {operation["cause"] for operation in plan.json["operations"]}
    assert causes == {"it exited with code 137", "unknown until glance answers"}
    cloud.ok("up", "--no-verify")
    changed = {name for name, line in containers().items() if before[name] != line}
    assert changed == {short("glance_api")}


def test_a_changed_option_recreates_its_service_only(cloud: Cloud) -> None:
    """Debug logging changes configuration files, and the plan names them."""
    cloud.settings("fernet_token_expiry: 7200\n")
    plan = cloud.run("plan", "--json")
    assert plan.code == 2
    touched = {(op["target"], op["cause"]) for op in plan.json["operations"] if op["action"] == "container.create"}
    assert (short("keystone"), "keystone.conf [token] expiration: 86400 → 7200 (globals.yml:2)") in touched
    assert {target for target, _ in touched} <= {short(name) for name in ("keystone", "keystone_fernet")}
    cloud.ok("up", "--no-verify")
    cloud.ok("plan")


def test_initial_resources_follow_their_settings(cloud: Cloud) -> None:
    """Another range for floating IPs reaches the subnet in place."""
    shown = cloud.ok("openstack", "subnet", "show", "public1-subnet", "-f", "json").out
    cidr = json.loads(shown)["cidr"]
    base = cidr.rsplit(".", 1)[0]
    cloud.settings(f'fernet_token_expiry: 7200\nEXT_NET_RANGE: "start={base}.150,end={base}.199"\n')
    cloud.ok("up", "--no-verify")
    pools = json.loads(cloud.ok("openstack", "subnet", "show", "public1-subnet", "-f", "json").out)["allocation_pools"]
    assert pools == [{"start": f"{base}.150", "end": f"{base}.199"}]


WRONG = {
    "broken YAML": ("a: [1, 2\n", "globals.yml:"),
    "unknown key": ("enable_octavai: yes\n", "enable_octavia"),
    "wrong type": ("fernet_token_expiry: soon\n", "globals.yml:2"),
    "a subnet in use": ("skylift_external_cidr: 127.0.0.0/24\n", "globals.yml:2"),
    "a moved network": ("skylift_internal_cidr: 10.99.0.0/24\n", "globals.yml:2"),
    "a release that is not there": ("openstack_release: '2011.1'\n", "2026.2"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG.keys())
def test_wrong_settings_change_nothing(cloud: Cloud, text: str, told: str) -> None:
    """A mistake in globals.yml is told with its place, without a traceback, before anything is touched."""
    before = containers()
    cloud.settings(text)
    answer = cloud.run("up", "--no-verify", timeout=60)
    assert answer.code == 1
    assert told in answer.text
    assert "Traceback" not in answer.text
    assert containers() == before


def test_without_an_engine_nothing_happens(cloud: Cloud) -> None:
    """A missing engine is told in plain words."""
    cloud.settings()
    answer = cloud.run("up", timeout=60, more={"DOCKER_HOST": "unix:///run/there-is-none.sock"})
    assert answer.code == 1
    assert "No container engine" in answer.text
    assert "Traceback" not in answer.text


def test_two_at_once_are_refused(cloud: Cloud) -> None:
    """The second command says who holds the lock and since when."""
    cloud.settings()
    first = cloud.start("verify")
    time.sleep(4)
    second = cloud.run("up", "--no-verify", timeout=60)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=300)
    assert second.code == 1
    assert "since" in second.text and str(first.pid) in second.text
