"""Each symptom on a made-up patient: the first finding names what was done to it, and all else follows from that."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.doctor.patients import (
    HOUR,
    NOW,
    PORT,
    WELL,
    exited,
    failing,
    places,
    silent,
    with_container,
)

from skylift.doctor.diagnose import Diagnosis, diagnose, discover
from skylift.doctor.rulebook import load
from skylift.model.finding import SEVERITIES
from skylift.model.patient import ApiAnswer, LogLine, Patient, Probe, Report, Unread
from skylift.model.patient_cloud import Drift, Guest, Provider, Quota, Stock, Thing
from skylift.model.patient_infra import Cache, KeyFile, Queue, Statement

AMQP = (
    "2026-11-29 21:00:00.000 7 ERROR oslo.messaging._drivers.impl_rabbit [-] [1-2] AMQP server on 172.24.0.16:5672 is "
)
AMQP += "unreachable: [Errno 111] ECONNREFUSED. Trying again in 1 seconds."


def unread(part: str, why: str = "no answer in time", patient: Patient = WELL) -> Patient:
    """The patient with a part that could not be read."""
    nothing: dict[str, Any] = {part: None}
    return replace(patient, unread=(*patient.unread, Unread(part, "its command", why)), **nothing)


def machine(**facts: object) -> Patient:
    assert WELL.machine is not None
    return replace(WELL, machine=replace(WELL.machine, **facts))  # type: ignore[arg-type]


def broker(patient: Patient = WELL, **facts: object) -> Patient:
    assert patient.broker is not None
    return replace(patient, broker=replace(patient.broker, **facts))  # type: ignore[arg-type]


def database(patient: Patient = WELL, **facts: object) -> Patient:
    assert patient.database is not None
    return replace(patient, database=replace(patient.database, **facts))  # type: ignore[arg-type]


def identity(patient: Patient = WELL, **facts: object) -> Patient:
    assert patient.identity is not None
    return replace(patient, identity=replace(patient.identity, **facts))  # type: ignore[arg-type]


def network(patient: Patient = WELL, **facts: object) -> Patient:
    assert patient.network is not None
    return replace(patient, network=replace(patient.network, **facts))  # type: ignore[arg-type]


def switch(patient: Patient = WELL, **facts: object) -> Patient:
    assert patient.switch is not None
    return replace(patient, switch=replace(patient.switch, **facts))  # type: ignore[arg-type]


def drift(target: str, service: str, cause: str, kind: str = "container", verdict: str = "recreate") -> Patient:
    return replace(WELL, drift=(Drift(target, service, verdict, (cause,), kind),))


def guest(**facts: object) -> Patient:
    made = Guest("g2", "lost", "ERROR", age=60.0)
    return replace(WELL, guests=(*WELL.guests, replace(made, **facts)))  # type: ignore[arg-type]


def unready(name: str, said: str, patient: Patient = WELL) -> Patient:
    return with_container(name, patient, probe=Probe("its check", False, said))


assert WELL.switch is not None and WELL.network is not None
NO_TAP = switch(network(bindings=(replace(WELL.network.bindings[0], chassis="", up=False),)), taps={})
FOREIGN = (*WELL.network.chassis, replace(WELL.network.chassis[0], name="old"))

ILL: dict[str, tuple[Patient, str, str]] = {
    # Containers: also what is known of their last lines, and an old story that misleads (F32).
    "scheduler ended hours ago": (
        silent(exited("nova_scheduler", WELL, 1, 13 * HOUR, AMQP), "nova-scheduler"),
        "container-exited",
        "nova_scheduler",
    ),
    "missing": (with_container("memcached", status="missing", probe=None), "container-missing", "memcached"),
    "paused": (silent(with_container("rabbitmq", status="paused")), "container-paused", "rabbitmq"),
    "never started": (
        with_container("heat_api", status="created", probe=None, error="no such file"),
        "container-never-started",
        "heat_api",
    ),
    "looping": (
        with_container("heat_engine", status="restarting", restarts=7, exit_code=1, probe=None),
        "container-looping",
        "heat_engine",
    ),
    "frozen": (
        silent(with_container("nova_compute", frozen=True), "nova-compute"),
        "container-frozen",
        "nova_compute",
    ),
    "apart": (
        unready("glance_api", "no answer", with_container("glance_api", apart=True)),
        "container-apart",
        "glance_api",
    ),
    "failed job": (
        with_container("nova_schema", job=True, status="exited", exit_code=1),
        "job-failed",
        "nova_schema",
    ),
    "node gone": (
        failing(exited("node1", with_container("keystone", probe=Probe("x", False, "no route")), 137), status=0),
        "container-exited",
        "node1",
    ),
    "unready": (failing(unready("placement_api", "HTTP 500"), "placement"), "container-unready", "placement_api"),
    "starting": (
        with_container("nova_api", started=NOW - 5, health="starting", probe=Probe("x", False, "refused")),
        "container-starting",
        "nova_api",
    ),
    # The machine.
    "disk full": (failing(machine(disk_free=1000)), "disk-full", "/var/lib/docker"),
    "disk low": (machine(disk_free=1_500_000_000), "disk-low", "/var/lib/docker"),
    "no inodes": (machine(files_free=0.001), "disk-full", "/var/lib/docker"),
    "memory": (machine(memory_available=100_000_000), "memory-low", ""),
    "stalled": (machine(stalled=0.6), "memory-low", ""),
    "killed": (machine(killed=(("qemu in nova_libvirt", 30.0),)), "memory-killed", ""),
    "bridge": (failing(machine(downed=("sk-123i",)), status=0), "bridge-down", "sk-123i"),
    "forwarding": (machine(forwarding=False), "no-forwarding", ""),
    "translation": (machine(nat_by_engine=False), "no-nat", ""),
    # The database.
    "database silent": (failing(unread("database")), "database-silent", "mariadb"),
    "too many connections": (
        unready("mariadb", "ERROR 1040", failing(unread("database", "ERROR 1040 (08004): Too many connections"))),
        "database-connections",
        "mariadb",
    ),
    "crowded": (failing(database(connections=20, limit=20, refused=9), "nova"), "database-connections", "mariadb"),
    "read only": (failing(database(read_only=True)), "database-read-only", "mariadb"),
    "galera": (failing(database(galera={"wsrep_cluster_status": "non-Primary"})), "galera-not-ready", "mariadb"),
    "dropped": (failing(database(missing=("glance",)), "glance"), "database-missing", "glance"),
    "unmapped": (
        replace(database(unmapped=("node1",)), guests=guest(fault="No valid host was found.").guests),
        "compute-unmapped",
        "node1",
    ),
    "locked": (
        failing(
            silent(
                database(
                    statements=(
                        Statement(7, "nova", 30.0, "Waiting for metadata lock", "SELECT 1", True, database="nova"),
                        Statement(9, "root", 40.0, "User sleep", "SELECT SLEEP(100)"),
                        Statement(3, "nova", 3000.0),
                    )
                ),
                "nova-compute",
            ),
            "nova",
            status=0,
        ),
        "database-locked",
        "nova",
    ),
    "open": (
        database(statements=(Statement(5, "nova", 400.0, open_for=400.0),)),
        "database-transaction-open",
        "connection 5",
    ),
    "account": (failing(database(accounts={"nova": "password"}), "nova"), "database-account", "nova"),
    # The broker.
    "broker silent": (silent(unread("broker")), "broker-silent", "rabbitmq"),
    "disk alarm": (
        silent(broker(alarms=("disk",), disk_limit=10**15), "nova-compute", "nova-conductor"),
        "broker-alarm",
        "rabbitmq",
    ),
    "memory alarm": (broker(alarms=("memory",)), "broker-alarm", "rabbitmq"),
    "suspended": (unready("rabbitmq", "refused", silent(broker(listens=False))), "broker-closed", "rabbitmq"),
    "broker's account": (silent(broker(account="password")), "broker-account", "rabbitmq"),
    "queue unread": (broker(queues=(Queue("scheduler", 4, 0),)), "queue-unread", "scheduler"),
    "backlog": (broker(queues=(Queue("conductor", 4000, 1),)), "queue-backlog", "conductor"),
    # The cache, keystone, clocks.
    "cache silent": (unread("cache"), "cache-silent", "memcached"),
    "cache full": (replace(WELL, cache=Cache(1024, 1024)), "cache-full", "memcached"),
    "no login": (failing(identity(login="failed", said="500"), status=401), "login-fails", "keystone"),
    "refused": (identity(login="refused", said="user admin"), "admin-refused", "keystone"),
    "no keys": (failing(identity(keys={"keystone": ()}, login="failed", said="500")), "token-keys", "keystone"),
    "bad keys": (identity(keys={"keystone": (KeyFile(0, "a"), KeyFile(1, "b", False))}), "token-keys", "keystone"),
    "mixed keys": (
        identity(keys={name: (KeyFile(0, "a"), KeyFile(1, name)) for name in ("keystone", "keystone@node2")}),
        "token-keys",
        "keystone",
    ),
    "database's clock": (database(ahead=400.0), "clock-differs", "mariadb"),
    "keystone's clock": (failing(identity(ahead=-400.0), status=401), "clock-differs", "keystone"),
    "clock went back": (with_container("nova_api", started=NOW + 4000), "clock-went-back", ""),
    # Services.
    "api fails": (failing(WELL, "glance"), "api-fails", "glance"),
    "valid tokens refused": (failing(WELL, "octavia", status=401), "api-fails", "octavia"),
    "api slow": (replace(WELL, apis=(replace(WELL.apis[0], seconds=3.5),)), "api-slow", WELL.apis[0].service),
    "agent silent": (silent(WELL, "heat-engine"), "agent-silent", "heat_engine"),
    "compute disabled": (
        replace(
            guest(fault="No valid host was found."),
            agents=tuple(replace(one, enabled=one.binary != "nova-compute") for one in WELL.agents),
        ),
        "agent-disabled",
        "nova_compute",
    ),
    "no inventory": (replace(WELL, providers=(Provider("node1"),)), "hypervisor-unlisted", "node1"),
    "closed": (
        replace(WELL, providers=(replace(WELL.providers[0], disabled=True),)),
        "hypervisor-closed",
        "node1",
    ),
    "full": (
        replace(WELL, providers=(Provider("node1", stocks={"VCPU": Stock(2, 0, 1, 2)}),)),
        "hypervisor-full",
        "node1",
    ),
    "given away to nobody": (
        replace(
            guest(fault="No valid host was found.", wants={"MEMORY_MB": 128.0}),
            providers=(
                Provider(
                    "node1",
                    stocks={"MEMORY_MB": Stock(2048, 0, 1, 2048)},
                    strays={"9c71e1e9": {"MEMORY_MB": 2048.0}},
                ),
            ),
        ),
        "allocation-stray",
        "node1",
    ),
    "unwell": (replace(WELL, reports=(Report("ceph", "ceph_mgr", False, "HEALTH_ERR"),)), "service-unwell", "ceph"),
    # Virtual networks.
    "northd": (network(northd="paused"), "northd-idle", "ovn_northd"),
    "controller": (
        silent(network(controllers={"ovn_controller": "not connected"}), "ovn-controller"),
        "ovn-unconnected",
        "ovn_controller",
    ),
    "wrong remote": (
        switch(
            silent(network(controllers={"ovn_controller": "not connected"}), "ovn-controller"),
            settings={**WELL.switch.settings, "ovn-remote": "tcp:192.0.2.1:6642"},
        ),
        "switch-settings",
        "openvswitch_vswitchd",
    ),
    "foreign chassis": (network(chassis=FOREIGN), "chassis-foreign", "old"),
    "no chassis": (network(chassis=()), "chassis-missing", "node1"),
    "unbound": (network(bindings=(replace(WELL.network.bindings[0], chassis=""),)), "port-unbound", PORT),
    "lost ports": (network(lost=(PORT,)), "ports-lost", PORT),
    "ovn silent": (unread("network", "the southbound database: refused"), "ovn-silent", "ovn_sb_db"),
    "switch silent": (unread("switch"), "switch-silent", "openvswitch_db"),
    "no segmentation": (switch(segmentation=False), "switch-segmentation", "openvswitch_vswitchd"),
    "no uplink": (
        switch(ports={**WELL.switch.ports, "br-ex": ("br-ex",)}),
        "switch-port-missing",
        "br-ex/eth",
    ),
    "no flows": (switch(flows=0), "switch-without-flows", "br-int"),
    "interface": (switch(errors=(("tap1", "could not open network device"),)), "switch-interface", "tap1"),
    "tap": (NO_TAP, "tap-missing", PORT),
    "paused behind nova": (guest(status="ACTIVE", runs=False, age=5.0, power="paused"), "guest-not-running", "lost"),
    "database loops": (
        replace(
            with_container(
                "mariadb", identity(login="failed", said="500"), status="restarting", restarts=5, exit_code=1
            ),
            database=None,
        ),
        "container-looping",
        "mariadb",
    ),
    "another question fails": (
        replace(
            WELL,
            unread=(Unread("providers", "…", "500", ApiAnswer("placement", "http://a/usages", 500)),),
        ),
        "api-fails",
        "placement",
    ),
    "ended": (guest(status="SHUTOFF", ended=True), "guest-ended", "lost"),
    "members": (
        replace(
            guest(status="SHUTOFF"),
            things=(Thing("octavia", "load balancer", "l", "lb", "DEGRADED", members=("10.0.0.2:80, guest lost",)),),
        ),
        "balancer-members",
        "lb",
    ),
    "a member's guest ended": (
        replace(
            guest(status="SHUTOFF", ended=True),
            things=(Thing("octavia", "load balancer", "l", "lb", "ERROR", members=("10.0.0.2:80, guest lost",)),),
        ),
        "guest-ended",
        "lost",
    ),
    "drift that follows": (
        replace(
            WELL,
            drift=(
                Drift("router/r", "neutron", "", ("subnet/s changes",), "resource"),
                Drift("subnet/s", "neutron", "", ("allocation_pools is [], not [x]",), "resource"),
            ),
        ),
        "resource-missing",
        "subnet/s",
    ),
    # Users' things.
    "no valid host": (
        guest(fault="No valid host was found.", wants={"MEMORY_MB": 9e6}),
        "guest-no-host",
        "lost",
    ),
    "guest failed": (guest(fault="Image could not be found."), "guest-error", "lost"),
    "guest stuck": (guest(status="BUILD", task="scheduling", age=200.0), "guest-stuck", "lost"),
    "guest stuck without scheduler": (
        exited("nova_scheduler", guest(status="BUILD", task="scheduling", age=200.0)),
        "container-exited",
        "nova_scheduler",
    ),
    "guest gone": (guest(status="ACTIVE", runs=False, age=90.0), "guest-not-running", "lost"),
    "balancer failed": (
        replace(WELL, things=(Thing("octavia", "load balancer", "l", "lb", "ERROR", 10.0),)),
        "balancer-error",
        "lb",
    ),
    "volume stuck": (
        replace(WELL, things=(Thing("cinder", "volume", "v", "vol", "deleting", 400.0),)),
        "volume-stuck",
        "vol",
    ),
    "quota": (
        replace(WELL, quotas=(Quota("nova", "demo", "instances", 10, 10),)),
        "quota-reached",
        "demo/instances",
    ),
    # Differences from the settings.
    "edited": (
        drift("nova_api", "nova", "nova.conf was edited by hand inside the container"),
        "config-edited",
        "nova_api",
    ),
    "made anew": (drift("nova_api", "nova", "its user was changed by hand"), "container-changed", "nova_api"),
    "account changed": (
        drift("nova", "nova", "its password was changed through the API", "account", "ensure"),
        "account-changed",
        "nova",
    ),
    "endpoint": (drift("glance", "glance", "its public URL is X", "endpoint", "ensure"), "endpoint-changed", "glance"),
    "image gone": (drift("image/x", "image", "it is not there", "resource", "ensure"), "resource-missing", "image/x"),
    "pending": (drift("nova_api", "nova", "nova.conf [DEFAULT] debug = true"), "changes-pending", ""),
    # What is only written in logs, and what could not be seen.
    "log": (
        with_container("nova_compute", lines=tuple(LogLine(NOW - age, AMQP) for age in (60.0, 30.0, 5.0))),
        "broker-unreachable",
        "nova_compute",
    ),
    "unread": (replace(WELL, unread=(Unread("quotas", "its command", "odd"),)), "not-looked-at", "quotas"),
}  # fmt: skip


def found(patient: Patient) -> Diagnosis:
    return diagnose(patient)


def test_a_healthy_cloud_has_no_findings() -> None:
    """Nothing at all: queues of programs that are gone, and old lines of logs, are no trouble."""
    assert places(found(WELL).findings) == []
    old = with_container("nova_compute", lines=tuple(LogLine(NOW - 7200 - age, AMQP) for age in range(5)))
    assert places(found(old).findings) == []
    typed = "2026-11-30 19:01:02.010 7 WARNING keystone.server.flask.application [None req-1] Authorization failed. "
    typed += "The request you have made requires authentication. from 172.24.0.1: keystone.exception.Unauthorized"
    lines = tuple(LogLine(NOW - age, typed) for age in (30.0, 20.0, 10.0))
    assert places(found(with_container("keystone", lines=lines)).findings) == []
    assert places(found(guest(status="ACTIVE", runs=False, age=5.0)).findings) == [], "it has just been started"
    assert found(WELL).well


@pytest.mark.parametrize("name", ILL)
def test_the_first_finding_names_the_cause(name: str) -> None:
    """It is the only one that nothing else explains."""
    patient, code, where = ILL[name]
    diagnosis = found(patient)
    assert places(diagnosis.findings)[:1] == [(code, where)], places(diagnosis.findings)
    assert [branch.cause.code for branch in diagnosis.branches] == [code], places(diagnosis.findings)
    assert all(one.follows_from for one in diagnosis.findings[1:])


@pytest.mark.parametrize("name", ILL)
def test_each_finding_can_be_acted_on(name: str) -> None:
    """Summary, cause, evidence with its source, a fix; and no summary tells a value."""
    for one in found(ILL[name][0]).findings:
        assert one.summary and one.cause and one.fix and one.severity in SEVERITIES
        assert one.evidence and all(seen.text and seen.source for seen in one.evidence), one
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", one.code)
        assert not re.search(r"\d", one.summary)


def test_summaries_are_constant_and_every_symptom_is_tested() -> None:
    """A code always has the same summary; each file is the origin of at least one finding here."""
    summaries: dict[str, set[str]] = {}
    seen = set()
    for patient, _, _ in ILL.values():
        for name, symptom in discover().items():
            for sign in symptom(patient):
                seen.add(name)
                summaries.setdefault(sign.finding.code, set()).add(sign.finding.summary)
    assert seen == set(discover())
    assert {code: texts for code, texts in summaries.items() if len(texts) > 1} == {}


def test_the_page_lists_every_code() -> None:
    """docs/doctor.md, but for codes of the rules of ``explain``."""
    page = (Path(__file__).parents[3] / "docs/doctor.md").read_text()
    rules = {rule.code for rule in load()}
    codes = {one.code for patient, _, _ in ILL.values() for one in diagnose(patient).findings} - rules
    assert {code for code in codes if f"`{code}`" not in page} == set()


def test_the_exited_container_says_when_and_the_old_line_how_old() -> None:
    """F32: the scheduler ended 13 hours ago, and the AMQP error that misled is as old."""
    first = found(ILL["scheduler ended hours ago"][0]).findings[0]
    assert "13 h ago" in first.cause
    ages = [one.age for one in first.evidence]
    assert all(age is not None and abs(age - 13 * HOUR) < 60 for age in ages), ages
    assert "AMQP server on" in first.evidence[1].text and first.evidence[1].source == "nova_scheduler"


def test_where_nothing_could_be_looked_at_one_word_is_enough() -> None:
    patient = replace(
        WELL, containers=(), unread=tuple(Unread(one, "x", "y") for one in ("apis", "containers", "guests"))
    )
    assert places(found(patient).findings) == [("not-looked-at", "containers")]


def test_who_holds_the_lock_is_named() -> None:
    """The statement that works for as long as others wait, not the pool's oldest sleeper."""
    first = found(ILL["locked"][0]).findings[0]
    assert "connection 9" in first.cause and "KILL 9" in first.fix


def test_what_a_guest_asks_for_is_compared_with_what_there_is() -> None:
    first = found(ILL["no valid host"][0]).findings[0]
    assert "9e+06 MB of memory" in first.cause and "23360" in first.cause


def test_remedies_are_those_of_causes_alone() -> None:
    """A raised disk alarm restarts the broker, and none of the agents that follow from it."""
    remedies = found(ILL["disk alarm"][0]).remedies
    assert [(one.kind, one.target) for one in remedies] == [("restart", "rabbitmq")]
    assert found(ILL["guest failed"][0]).remedies == ()
    assert [one.kind for one in found(ILL["account"][0]).remedies] == ["repeat"]
    assert [one.kind for one in found(ILL["compute disabled"][0]).remedies] == ["enable"]


def test_who_tells_placement_of_its_host_is_started_again() -> None:
    remedies = found(replace(WELL, providers=(Provider("node1"),))).remedies
    assert [(one.kind, one.target) for one in remedies] == [("restart", "nova_compute")]


def test_a_refused_login_is_history_when_all_accounts_are_right() -> None:
    text = "ERROR oslo (1045, \"Access denied for user 'glance'@'10.0.0.1' (using password: YES)\")"
    lines = tuple(LogLine(NOW - age, text) for age in (30.0, 20.0, 10.0))
    said = with_container("glance_api", lines=lines)
    assert places(found(replace(said, database=None)).findings) == [("database-access-denied", "glance_api")]
    assert said.database is not None
    right = replace(said, database=replace(said.database, accounts={"glance": "ok"}))
    assert found(right).findings == ()


def test_a_service_that_refuses_valid_tokens_is_started_again() -> None:
    refused = found(failing(WELL, "octavia", status=401))
    assert "refuses a token" in refused.findings[0].cause
    assert "octavia_api" in {one.target for one in refused.remedies if one.kind == "restart"}
    closed = failing(identity(login="failed", said="500"), "octavia", status=401)
    assert found(closed).remedies == ()


@pytest.mark.parametrize("judge", [found], ids=["diagnose"])
def test_two_faults_are_two_causes(judge: Callable[[Patient], Diagnosis]) -> None:
    """What carries the others comes first; consequences stay with their own cause."""
    patient = silent(broker(exited("heat_engine"), alarms=("memory",)), "heat-engine", "nova-compute")
    diagnosis = judge(patient)
    assert [branch.cause.code for branch in diagnosis.branches] == ["container-exited", "broker-alarm"]
    first, second = diagnosis.branches
    assert places(first.consequences) == [("agent-silent", "heat_engine")]
    assert places(second.consequences) == [("agent-silent", "nova_compute")]
