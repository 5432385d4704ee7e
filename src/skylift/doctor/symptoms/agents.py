"""Programs that report to their service: those that are silent, and those that somebody switched off."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import APPLY, FIX, Because, Layer, Sign, ago, down, edited, finding, infrastructure
from skylift.model.finding import Evidence, Severity
from skylift.model.patient import Patient
from skylift.model.patient_cloud import Agent
from skylift.model.remedy import Remedy

QUESTIONS = {
    "nova": "skylift openstack compute service list",
    "neutron": "skylift openstack network agent list",
    "cinder": "skylift openstack volume service list",
    "heat": "skylift openstack orchestration service list",
}
COMPUTE = "nova-compute"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each agent that does not report, or is disabled."""
    for agent in patient.agents:
        source = QUESTIONS.get(agent.service, agent.service)
        if not agent.up:
            since = "" if agent.age is None else f", {ago(agent.age)} last"
            yield Sign(
                finding(
                    "agent-silent",
                    "error",
                    "An agent does not report to its service",
                    f"{agent.binary} on {agent.host} has not reported{since}: it is down, hangs, or its reports do not"
                    " arrive",
                    [Evidence(f"{agent.binary} on {agent.host}: down", source, agent.age)],
                    f"skylift logs {agent.container or agent.service} --since 10m\n{FIX}",
                    agent.container or f"{agent.binary}@{agent.host}",
                ),
                Layer.AGENT,
                _silent(patient, agent),
                remedies=_restart(patient, agent),
            )
        if not agent.enabled:
            yield _disabled(patient, agent, source)


def _silent(patient: Patient, agent: Agent) -> tuple[Because, ...]:
    own = down(agent.container) + edited(agent.container) if agent.container else ()
    ovn = (
        *down("ovn_sb_db", "ovn_nb_db", "ovn_northd", "ovn_controller"),
        ("ovn-unconnected", ""),
        ("northd-idle", ""),
        ("switch-settings", ""),
        ("chassis-missing", ""),
        ("chassis-foreign", ""),
    )
    return (
        *own,
        *(ovn if agent.service == "neutron" else ()),
        *infrastructure(patient, agent.service),
        *down(*(one.name for one in patient.of(agent.service) if one.name.endswith(("_conductor", "_rpc_server")))),
        ("account-changed", agent.service),
        ("clock-differs", ""),
        ("clock-went-back", ""),
    )


def _restart(patient: Patient, agent: Agent) -> tuple[Remedy, ...]:
    container = patient.container(agent.container) if agent.container else None
    if container is None or not container.runs or patient.now - container.started < container.ready_within:
        return ()
    return (Remedy("restart", container.name, f"{agent.binary} does not report"),)


def _disabled(patient: Patient, agent: Agent, source: str) -> Sign:
    others = [one for one in patient.agents if one.binary == agent.binary and one.enabled and one.up]
    severity: Severity = "warning" if others else "error"
    reason = f", {agent.reason}" if agent.reason else ""
    what = "no new guests are put there" if agent.binary == COMPUTE else "it is given no work"
    by_itself = agent.reason.startswith("AUTO:")
    enable = {
        "nova": f"skylift openstack compute service set --enable {agent.host} {agent.binary}",
        "neutron": f"skylift openstack network agent set --enable {agent.id}",
        "cinder": f"skylift openstack volume service set --enable {agent.host} {agent.binary}",
    }.get(agent.service, APPLY)
    return Sign(
        finding(
            "agent-disabled",
            severity,
            "An agent is switched off in its service",
            f"{agent.binary} on {agent.host} is disabled{reason}: {what}"
            + ("" if others else ", and nobody else does its work"),
            [Evidence(f"{agent.binary} on {agent.host}: disabled{reason}", source, 0.0)],
            f"{FIX}\n{enable}",
            agent.container or f"{agent.binary}@{agent.host}",
        ),
        Layer.AGENT,
        (*down("nova_libvirt"), ("agent-silent", agent.container)) if by_itself else (),
        1.0,
        ()
        if by_itself
        else (Remedy("enable", agent.id, f"{agent.binary} is disabled{reason}", (agent.binary,), agent.service),),
    )
