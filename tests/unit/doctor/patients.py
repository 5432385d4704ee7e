"""Made-up patients: a cloud that is well, made of what the services declare, and ways to make it ill."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from skylift import services
from skylift.model.finding import Finding
from skylift.model.patient import ApiAnswer, ContainerFacts, LogLine, Patient, Probe, Report
from skylift.model.patient_cloud import Agent, Binding, Chassis, Guest, Network, Provider, Stock, Switch
from skylift.model.patient_infra import Broker, Cache, Database, Identity, KeyFile, MachineFacts, Queue
from skylift.model.service_container import Container

NOW = 1_796_000_000.0
HOUR = 3600.0
OFF = ("barbican", "cinder", "ceph", "horizon")
NODE = ContainerFacts("node1", "test-node1", "node", started=NOW - 2 * HOUR)
PORT = "11111111-aaaa-4aaa-8aaa-111111111111"


def _container(service: str, one: Container) -> ContainerFacts:
    after = tuple("keystone" if name == "catalogue" else name for name in one.after)
    return ContainerFacts(
        name=one.name,
        engine_name=f"test-node1-{one.name}",
        service=service,
        status="running",
        health="healthy",
        started=NOW - 2 * HOUR,
        after=(*after, "node1"),
        ready_within=float(one.timeout),
        outage=one.outage,
        probe=Probe("its check", True, "HTTP 200") if one.check is not None else None,
        lines=(LogLine(NOW - HOUR, "started"),),
    )


def _containers() -> tuple[ContainerFacts, ...]:
    found = [NODE]
    on = [service for service in services.load() if service.name not in OFF]
    names = {one.name for service in on for one in service.containers}
    names |= {one.name for service in on for one in service.jobs}
    for service in on:
        for one in service.containers:
            facts = _container(service.name, one)
            found.append(replace(facts, after=tuple(name for name in facts.after if name in {*names, "node1"})))
        for job in service.jobs:
            found.append(
                ContainerFacts(
                    job.name, f"test-node1-{job.name}", service.name, job=True, status="exited", exit_code=0,
                    finished=NOW - 2 * HOUR, after=tuple(name for name in job.after if name in names),
                )
            )  # fmt: skip
    return tuple(found)


def agent(service: str, binary: str, container: str) -> Agent:
    """An agent that reports."""
    return Agent(service, binary, "node1", True, age=5.0, container=container, id=f"id-of-{binary}")


SETTINGS = {"system-id": "node1", "ovn-remote": "tcp:172.24.0.16:6642", "ovn-encap-ip": "172.24.8.16"}

WELL = Patient(
    cloud="test",
    now=NOW,
    services=frozenset(service.name for service in services.load() if service.name not in OFF),
    containers=_containers(),
    apis=tuple(
        ApiAnswer(service.name, f"{endpoint.type}{endpoint.question}", 200, "", 0.05)
        for service in services.load()
        for endpoint in service.endpoints
        if endpoint.question and service.name not in OFF
    ),
    machine=MachineFacts(
        "/var/lib/docker", 50_000_000_000, 100_000_000_000, 0.9, 24_000_000_000, 15_000_000_000, 0.0, (), True, True
    ),
    broker=Broker(
        disk_free=50_000_000_000,
        disk_limit=256_000_000,
        memory=110_000_000,
        memory_limit=536_870_912,
        connections=32,
        queues=(
            Queue("conductor", 0, 1),
            Queue("scheduler", 0, 1),
            # What a program that was started anew has left behind.
            Queue("conductor_fanout_0d831c79e75d41daaebd0aad526355af", 3, 0),
            Queue("reply_2863056f4cfc4017a73c6f7c7d1bec6a", 1, 0),
        ),
    ),
    database=Database(
        connections=60, limit=1000, configured=1000, accounts={"nova": "ok", "keystone": "ok", "neutron": "ok"}
    ),
    cache=Cache(20, 1024, 0, 7200.0),
    identity=Identity(
        keys={name: (KeyFile(0, "aa"), KeyFile(1, "bb"), KeyFile(2, "cc")) for name in ("keystone", "keystone_fernet")},
        ahead=0.0,
    ),
    network=Network(
        chassis=(Chassis("node1", "node1", ("172.24.8.16",), 3.0, 12),),
        bindings=(Binding(PORT, "some-uuid", True, "node1"),),
        northd="active",
        controllers={"ovn_controller": "connected"},
        nodes=("node1",),
    ),
    switch=Switch(
        settings=SETTINGS,
        wanted=SETTINGS,
        ports={"br-int": ("br-int", "tap1"), "br-ex": ("br-ex", "eth1"), "br-tunnel": ("br-tunnel", "eth2")},
        expected=(("br-int", ""), ("br-ex", "eth"), ("br-tunnel", "eth")),
        taps={PORT: "tap1"},
        flows=700,
    ),
    agents=(
        agent("nova", "nova-scheduler", "nova_scheduler"),
        agent("nova", "nova-conductor", "nova_conductor"),
        agent("nova", "nova-compute", "nova_compute"),
        agent("neutron", "ovn-controller", "ovn_controller"),
        agent("neutron", "neutron-ovn-metadata-agent", "neutron_ovn_metadata_agent"),
        agent("heat", "heat-engine", "heat_engine"),
    ),
    providers=(
        Provider(
            "node1",
            stocks={
                "VCPU": Stock(2, 0, 16, 1),
                "MEMORY_MB": Stock(24000, 512, 1, 128),
                "DISK_GB": Stock(90, 0, 1, 1),
            },
        ),
    ),
    guests=(Guest("g1", "web", "ACTIVE", host="node1", age=HOUR, runs=True, domain="running"),),
    reports=(Report("ceph", "ceph_mgr", True, "HEALTH_OK"),),
)


def with_container(name: str, patient: Patient = WELL, **facts: Any) -> Patient:
    """The patient with other facts of a container."""
    if patient.container(name) is None:
        raise KeyError(name)
    changed = tuple(replace(one, **facts) if one.name == name else one for one in patient.containers)
    return replace(patient, containers=changed)


def exited(name: str, patient: Patient = WELL, code: int = 1, ago: float = 600.0, *lines: str) -> Patient:
    """The patient with a container that ended ``ago`` seconds before, with its last lines."""
    end = NOW - ago
    written = tuple(LogLine(end - 1 + number / 1000, text) for number, text in enumerate(lines))
    return with_container(
        name, patient, status="exited", health="", exit_code=code, finished=end, probe=None, lines=written
    )


def silent(patient: Patient, *binaries: str) -> Patient:
    """The patient with agents that do not report."""
    changed = tuple(
        replace(one, up=False, age=300.0) if not binaries or one.binary in binaries else one for one in patient.agents
    )
    return replace(patient, agents=changed)


def failing(patient: Patient, *names: str, status: int = 500, said: str = "Internal Server Error") -> Patient:
    """The patient with APIs that fail; all of them without names."""
    changed = tuple(
        replace(one, status=status, said=said) if not names or one.service in names else one for one in patient.apis
    )
    return replace(patient, apis=changed)


def places(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Code and place of each finding."""
    return [(one.code, one.where) for one in findings]
