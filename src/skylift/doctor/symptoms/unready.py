"""A container runs and does not do its work: its port, its health check."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.known import known
from skylift.doctor.sign import (
    FIX,
    STOPPED,
    Layer,
    Sign,
    ago,
    behind,
    down,
    edited,
    finding,
    infrastructure,
)
from skylift.model.finding import Evidence
from skylift.model.patient import ContainerFacts, Patient
from skylift.model.remedy import Remedy


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each container that runs and fails its check."""
    for one in patient.containers:
        if one.job or not one.runs:
            continue
        if not one.probe.ok if one.probe is not None else one.health == "unhealthy":
            yield _starting(patient, one) if _young(patient, one) else _unready(patient, one)


def _young(patient: Patient, one: ContainerFacts) -> bool:
    # Once the engine has found it healthy it has started.
    return one.health not in ("healthy", "unhealthy") and patient.now - one.started < one.ready_within


def _evidence(one: ContainerFacts) -> Evidence:
    if one.probe is None:
        return Evidence("health: unhealthy", "docker inspect")
    return Evidence(one.probe.said or "it failed", one.probe.what, one.probe.age)


def _starting(patient: Patient, one: ContainerFacts) -> Sign:
    since = patient.now - one.started
    found = finding(
        "container-starting",
        "note",
        "A container is still starting",
        f"it was started {ago(since)} and may take {one.ready_within:.0f} s",
        [_evidence(one)],
        "skylift doctor   (again, in a minute)",
        one.name,
    )
    before = behind(patient, one)
    return Sign(found, Layer.CONTAINER, tuple(down(*sorted(before))), float(len(before)))


def _unready(patient: Patient, one: ContainerFacts) -> Sign:
    before = behind(patient, one)
    told = known(one.name, one.service, one.lines, patient.now)
    evidence = [_evidence(one)]
    cause, fix = "its process runs, and what it is there for is not done", f"skylift logs {one.name}\n{FIX}"
    if told is not None:
        cause = f"{told.summary}. {told.cause}"
        evidence += told.evidence[:1]
        fix = f"{told.fix}\n{FIX}"
    found = finding(
        "container-unready", "error", "A container runs and does not answer", cause, evidence, fix, one.name
    )
    needed = tuple((code, name) for name in sorted(before) for code in (*STOPPED, "container-unready"))
    because = (
        ("container-apart", one.name),
        *edited(one.name),
        *needed,
        *infrastructure(patient, one.service),
        ("disk-full", ""),
        *((("switch-settings", ""),) if one.service == "ovn" else ()),
    )
    # What is no more than slow under load gets well without: ``--fix`` asks before.
    remedies = (Remedy("restart", one.name, "it runs and does not answer"),)
    return Sign(found, Layer.CONTAINER, because, 100.0 + len(before), remedies)
