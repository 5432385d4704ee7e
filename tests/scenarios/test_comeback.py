"""After the engine, or the power, is lost the cloud is whole again without a command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from ruamel.yaml import YAML

from tests.scenarios.calls import await_answer
from tests.scenarios.cloud import NAME, Cloud, docker, names_of, short
from tests.scenarios.ledger import until_known, writing
from tests.scenarios.resume import engine

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

ANSWERS = 240.0
"""Seconds that the load balancer's answer may take: how soon it comes is for bench/comeback.py."""


@dataclass
class Running:
    """A cloud with guests behind a load balancer at ``address``."""

    cloud: Cloud
    address: str
    keystone: str
    password: str

    def answers(self, seconds: float) -> float:
        """Return after how many seconds a guest has answered through the load balancer."""
        image = docker("inspect", "--format", "{{.Config.Image}}", short("mariadb"))
        return await_answer(f"http://{self.address}", f"{NAME}-2-external", image, seconds)

    def whole(self) -> None:
        """All that ran runs, is healthy, and nothing is left to do: nobody has started any of it by a command."""
        deadline = time.monotonic() + 120
        # The engine's own checks come seldom: a container that starts is not told, and what it serves is asked then.
        while (status := self.cloud.run("status", "--json").json)["healthy"] is not True or self.cloud.run("plan").code:
            unwell = [one for one in status["containers"] if one["health"] != "healthy"]
            assert time.monotonic() < deadline, (unwell, self.cloud.answers[-1].text)
            time.sleep(2)
        guests = json.loads(self.cloud.ok("openstack", "server", "list", "-f", "json").out)
        assert {guest["Status"] for guest in guests} == {"ACTIVE"} and len(guests) == 2


@pytest.fixture(scope="module")
def running(cloud: Cloud) -> Iterator[Running]:
    """A cloud without dashboard and stacks: what comes back is the same with them, and takes longer."""
    cloud.settings("enable_heat: no\nenable_horizon: no\n")
    cloud.ok("up", "--no-verify")
    if why := engine.cannot_kill(NAME):
        pytest.skip(why)
    address = cloud.ok("verify", "--keep", "--json").json["address"]
    password = str(YAML().load(cloud.config / "passwords.yml")["keystone_admin_password"])
    keystone = cloud.ok("status", "--json").json["endpoints"]["identity"]
    yield Running(cloud, address, keystone, password)
    cloud.ok("down", "--yes")


@pytest.mark.parametrize("lose", [engine.kill_daemon, lambda: engine.lose_power(NAME)], ids=["engine", "power"])
def test_all_of_it_comes_back(running: Running, lose: Callable[[], None]) -> None:
    """Guests run and are reached, containers are well, and what was acknowledged is there."""
    before = set(names_of())
    with writing(running.keystone, running.password) as ledger:
        time.sleep(5)
        lose()
        time.sleep(1)
    engine.start()
    seconds = running.answers(ANSWERS)
    with (running.cloud.folder / "comeback.txt").open("a") as file:
        file.write(f"{seconds:.1f} s, {len(ledger.acknowledged)} rows\n")
    assert until_known(ledger, 60) == [] and len(ledger.acknowledged) > 20
    running.whole()
    assert set(names_of()) == before


def test_a_guests_interface_that_is_off_is_switched_on(running: Running) -> None:
    """Open vSwitch can undo what libvirt did; the guest would never get an address."""
    inside = ("exec", short("openvswitch_vswitchd"), "sh", "-c")
    names = docker(*inside, "ls -d /sys/class/net/tap*").split()
    # Those of the two guests; the metadata agent's is there while it serves their network.
    assert len(names) >= 2
    for name in names:
        docker(*inside, f"ip link set dev {name.rpartition('/')[2]} down || [ ! -e {name} ]")
    running.answers(60)
    flags = docker(*inside, "cat /sys/class/net/tap*/flags").split()
    assert all(int(flag, 16) & 1 for flag in flags)


def test_guests_come_back_when_libvirt_alone_was_lost(running: Running) -> None:
    """They end with its container, and nova-compute finds that it is another."""
    kill("nova_libvirt")
    until_well("nova_libvirt")
    running.answers(ANSWERS)
    running.whole()


def test_the_external_bridge_is_made_again(running: Running) -> None:
    """Its interface has no address any more by which it could be known."""
    inside = ("exec", short("openvswitch_vswitchd"), "ovs-vsctl")
    mapping = docker(*inside, "get", "Open_vSwitch", ".", "external-ids:ovn-bridge-mappings").strip('"')
    docker(*inside, "del-br", mapping.partition(":")[2])
    kill("openvswitch_vswitchd")
    running.answers(ANSWERS)
    running.whole()


def test_a_compute_agent_whose_start_has_failed_starts_again(running: Running) -> None:
    """It cannot plug the guests' interfaces then; once it only hung, with its connections open, and passed for well."""
    docker("stop", short("openvswitch_db"))
    kill("nova_compute")
    count = ("inspect", "--format", "{{.RestartCount}}", short("nova_compute"))
    deadline = time.monotonic() + 120
    while int(docker(*count)) < 2:
        assert time.monotonic() < deadline, docker("logs", "--tail", "20", short("nova_compute"))
        time.sleep(1)
    docker("start", short("openvswitch_db"))
    until_well("nova_compute")
    running.answers(ANSWERS)
    running.whole()


def test_the_database_keeps_what_it_acknowledged(running: Running) -> None:
    """Killed in the middle of writes, three times."""
    with writing(running.keystone, running.password) as ledger:
        for _ in range(3):
            time.sleep(3)
            kill("mariadb")
            until_well("mariadb")
        time.sleep(2)
    assert ledger.refused > 0 and len(ledger.acknowledged) > 50
    assert until_known(ledger, 60) == []
    running.whole()


def test_the_broker_keeps_what_it_acknowledged(running: Running) -> None:
    """Killed while messages are published, twice: each one that was confirmed is in the queue."""
    password = str(YAML().load(running.cloud.config / "passwords.yml")["rabbitmq_password"])
    host = running.keystone.partition("//")[2].partition(":")[0]
    command = ["docker", "exec", "--interactive", short("keystone"), "/var/lib/kolla/venv/bin/python", "-c", PUBLISH]
    with subprocess.Popen([*command, host], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as publisher:
        assert publisher.stdin is not None
        publisher.stdin.write(password + "\n")
        publisher.stdin.flush()
        for _ in range(2):
            time.sleep(4)
            kill("rabbitmq")
            until_well("rabbitmq")
        time.sleep(4)
        out, _ = publisher.communicate("end\n", timeout=120)
    found = json.loads(out)
    assert found["lost"] == []
    # The second time it may still have been waiting for the queue.
    assert found["broken"] >= 1 and found["confirmed"] > 100
    running.whole()


def test_down_stops_the_guests_before_anything_is_removed(running: Running) -> None:
    """They are named first, shut down in order, and only then their host goes."""
    named = running.cloud.run("down").out
    guests = [one["Name"] for one in json.loads(running.cloud.ok("openstack", "server", "list", "-f", "json").out)]
    assert len(guests) == 2 and all(f"guest        {name}" in named for name in guests), named
    lines = running.cloud.ok("down", "--yes", "--json").out.splitlines()
    ended = [event for event in map(json.loads, lines) if event.get("kind") == "step-finished"]
    assert [event["step"] for event in ended].index("guests.stop") == 0
    assert ended[0]["state"] == "ok", ended[0]
    assert names_of() == []


PUBLISH = """
import json, select, sys, time, amqp

def channel():
    connection = amqp.Connection(sys.argv[1], userid="openstack", password=password, confirm_publish=True)
    connection.connect()
    channel = connection.channel()
    channel.queue_declare("ledger", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    return channel

def again():
    while True:
        try:
            return channel()
        except (OSError, amqp.AMQPError):
            time.sleep(0.2)

password = sys.stdin.readline().strip()
confirmed, broken, number, at = set(), 0, 0, again()
while not select.select([sys.stdin], [], [], 0.01)[0]:
    number += 1
    try:
        at.basic_publish_confirm(amqp.Message(str(number), delivery_mode=2), routing_key="ledger")
        confirmed.add(number)
    except (OSError, amqp.AMQPError):
        broken += 1
        at = again()
there = set()
while (message := at.basic_get("ledger", no_ack=True)) is not None:
    there.add(int(message.body))
at.queue_delete("ledger")
print(json.dumps({"confirmed": len(confirmed), "broken": broken, "lost": sorted(confirmed - there)}))
"""
"""Publishes until a second line comes; the first is the password."""


def kill(name: str) -> None:
    """Kill every process of a container."""
    for pid in docker("top", short(name), "-eo", "pid").split()[1:]:
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def until_well(name: str) -> None:
    """Wait until the engine has started it again and its check succeeds."""
    deadline = time.monotonic() + 90
    while True:
        state = json.loads(docker("inspect", "--format", "{{json .State}}", short(name)))
        if state["Running"] and state["Health"]["Status"] == "healthy":
            return
        assert time.monotonic() < deadline, state
        time.sleep(0.5)
