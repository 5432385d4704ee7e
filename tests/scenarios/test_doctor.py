"""A running cloud is made ill: the first finding names what was done, and what is safe to repair is repaired."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.scenarios.cloud import Cloud, docker, short

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900), pytest.mark.usefixtures("running")]

SOCKET = ("mariadb", "--no-defaults", "--skip-ssl", "--socket=/run/mysqld/mysqld.sock", "--user=root")
AMQP = (
    "2026-11-29 21:00:00.000 7 ERROR oslo.messaging._drivers.impl_rabbit [-] [0a1b-2c] AMQP server on 172.24.0.16:5672 "
    "is unreachable: [Errno 111] Connection refused. Trying again in 4 seconds."
)


def sql(statement: str) -> str:
    """Have the database server carry out a statement."""
    return docker("exec", "--user", "root", short("mariadb"), *SOCKET, "--batch", f"--execute={statement}")


def inside(name: str, *command: str) -> str:
    """Run a command inside a container."""
    return docker("exec", short(name), *command)


def found(cloud: Cloud) -> list[dict[str, Any]]:
    """Return what ``doctor`` finds."""
    answer = cloud.run("doctor", "--json")
    findings: list[dict[str, Any]] = answer.json
    assert answer.code == (1 if any(one["severity"] == "error" for one in findings) else 0), answer.text
    return findings


def first(cloud: Cloud) -> tuple[str, str]:
    """Return code and place of the first finding."""
    findings = found(cloud)
    assert findings, "nothing was found"
    return findings[0]["code"], findings[0]["where"]


def well(cloud: Cloud, seconds: float = 420.0) -> None:
    """Wait until ``doctor`` finds nothing any more: agents take a while to report again."""
    end = time.monotonic() + seconds
    while findings := found(cloud):
        assert time.monotonic() < end, findings
        time.sleep(2)


def test_a_healthy_cloud_has_no_findings_and_is_seen_quickly(cloud: Cloud) -> None:
    well(cloud)
    answers = [cloud.ok("doctor", "--json") for _ in range(3)]
    assert [answer.json for answer in answers] == [[], [], []]
    assert min(answer.seconds for answer in answers) < 5, [answer.seconds for answer in answers]
    (cloud.folder / "doctor-healthy.txt").write_text(f"{[round(answer.seconds, 2) for answer in answers]}\n")
    said = cloud.ok("doctor")
    assert said.out.startswith("Nothing is wrong") and len(said.out.splitlines()) <= 3


def test_a_stopped_scheduler_is_told_before_an_old_error_in_its_log(cloud: Cloud) -> None:
    """F32; and ``--fix`` starts it."""
    inside("nova_scheduler", "sh", "-c", f"echo '{AMQP}' >/proc/1/fd/2")
    docker("stop", short("nova_scheduler"))
    one = found(cloud)[0]
    assert (one["code"], one["where"]) == ("container-exited", "nova_scheduler")
    assert "ago" in one["cause"] and "AMQP" not in one["cause"]
    assert all(seen["age"] is not None for seen in one["evidence"])
    assert "container nova_scheduler" in " ".join(cloud.ok("doctor", "--fix", "--yes").out.split())
    well(cloud)


@contextmanager
def locked() -> Iterator[None]:
    """A table of nova is locked meanwhile by a client of the database."""
    statement = "LOCK TABLES nova.services WRITE, nova.instances WRITE; SELECT SLEEP(120)"
    command = ["docker", "exec", "--user", "root", short("mariadb"), *SOCKET, f"--execute={statement}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        try:
            time.sleep(12)
            yield
        finally:
            sql("SELECT id INTO @i FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'; KILL @i")
            client.wait()


def test_a_locked_table_and_who_holds_it(cloud: Cloud) -> None:
    with locked():
        one = found(cloud)[0]
    assert one["code"] == "database-locked", one
    assert "SLEEP" in str(one["evidence"]) and "KILL" in one["fix"]
    well(cloud)


def _password() -> None:
    sql("ALTER USER 'glance'@'%' IDENTIFIED BY 'another'")
    sql("KILL USER glance")


def hold(name: str) -> None:
    """Stop a container's main process by a signal, which only the host can send it."""
    os.kill(int(docker("inspect", "--format", "{{.State.Pid}}", short(name))), signal.SIGSTOP)


def _alarm() -> None:
    inside("rabbitmq", "rabbitmqctl", "set_disk_free_limit", "100000GB")
    time.sleep(3)


def _remote() -> None:
    settings = "external-ids:ovn-remote=tcp:192.0.2.1:6642"
    inside("openvswitch_vswitchd", "ovs-vsctl", "--no-wait", "set", "Open_vSwitch", ".", settings)


def _chassis() -> None:
    # The server listens at the node's address alone.
    remote = inside("openvswitch_vswitchd", "ovs-vsctl", "get", "Open_vSwitch", ".", "external_ids:ovn-remote").strip(
        '"'
    )
    inside("ovn_sb_db", "ovn-sbctl", f"--db={remote}", "chassis-add", "gone", "geneve", "192.0.2.77")


def _config() -> None:
    inside("glance_api", "sh", "-c", "echo 'broken = yes' >>/etc/glance/glance-api.conf")


ILL: dict[str, tuple[Callable[[], object], str, str]] = {
    "a wrong password": (_password, "database-account", "glance"),
    "the broker's disk alarm": (_alarm, "broker-alarm", "rabbitmq"),
    "no connections left": (lambda: sql("SET GLOBAL max_connections = 10"), "database-connections", "mariadb"),
    "a database that is read-only": (lambda: sql("SET GLOBAL read_only = ON"), "database-read-only", "mariadb"),
    "the cache gone": (lambda: docker("rm", "-f", short("memcached")), "container-missing", "memcached"),
    "a paused broker": (lambda: docker("pause", short("rabbitmq")), "container-paused", "rabbitmq"),
    "a controller held still": (
        lambda: hold("ovn_controller"),
        "container-frozen",
        "ovn_controller",
    ),
    "the southbound database elsewhere": (_remote, "switch-settings", "openvswitch_vswitchd"),
    "a chassis of nobody": (_chassis, "chassis-foreign", "gone"),
    "a file edited": (_config, "config-edited", "glance_api"),
}


@pytest.mark.parametrize("name", ILL)
def test_the_first_finding_names_the_fault_and_fix_mends_it(cloud: Cloud, name: str) -> None:
    do, code, where = ILL[name]
    do()
    try:
        assert first(cloud) == (code, where)
    finally:
        cloud.run("doctor", "--fix", "--yes")
    well(cloud)


def test_a_guest_that_no_host_has_room_for(cloud: Cloud) -> None:
    """The reason is told in what its flavor asks for and what there is."""
    cloud.ok("openstack", "flavor", "create", "--ram", "4000000", "--disk", "0", "--vcpus", "1", "huge")
    # By default a project's guests may have 50 GiB together: more than that is refused before a host is looked for.
    cloud.ok("openstack", "quota", "set", "--ram", "-1", "admin")
    try:
        cloud.ok(
            "openstack", "server", "create", "--flavor", "huge", "--image", "skylift-tiny", "--nic", "none", "lost"
        )
        end = time.monotonic() + 60
        while not (findings := found(cloud)) and time.monotonic() < end:
            time.sleep(2)
        one = findings[0]
        assert (one["code"], one["where"]) == ("guest-no-host", "lost"), one
        assert "MB of memory" in one["cause"]
    finally:
        cloud.ok("openstack", "server", "delete", "--wait", "lost")
        cloud.ok("openstack", "quota", "set", "--ram", "51200", "admin")
        cloud.ok("openstack", "flavor", "delete", "huge")
    well(cloud)
