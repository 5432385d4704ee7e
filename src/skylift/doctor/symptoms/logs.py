"""Errors that programs write right now and that a rule knows, where nothing else was seen of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from skylift.doctor.lines import Line
from skylift.doctor.matcher import explain
from skylift.doctor.rulebook import load
from skylift.doctor.sign import DOWN, Because, Layer, Sign, behind, infrastructure
from skylift.model.patient import Patient

WINDOW = 90.0
"""Seconds: an error that was last written before that is an old story, whatever it says."""
MILD = re.compile(r" (?:DEBUG|INFO|WARNING) ")
"""Levels at which programs write what others did wrong: a person's mistyped password is no trouble of keystone's."""
DENIED = "database-access-denied"
OFTEN = 2
"""So often it was written within the window, or it may be passing."""


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a warning for each error that is written again and again, by containers that run."""
    services = {one.name: one.service for one in patient.containers}
    lines = [
        Line(line.text, container.name, line.time)
        for container in patient.containers
        if not container.job and container.runs and container.health != "starting"
        for line in container.lines
        if line.time >= max(patient.now - WINDOW, container.started) and not MILD.search(line.text)
    ]
    for found in explain(lines, load(), patient.now, services.__getitem__) if lines else ():
        often = sum(one.count for one in found.evidence) >= OFTEN
        if found.code == DENIED and _accounts_are_right(patient):
            continue
        if found.severity == "error" and often and not found.follows_from:
            yield Sign(replace(found, severity="warning"), Layer.LOG, _because(patient, found.where))


def _accounts_are_right(patient: Patient) -> bool:
    """Whether all accounts of the database were looked at, and are now as they should be."""
    accounts = patient.database.accounts if patient.database is not None else {}
    return bool(accounts) and all(state == "ok" for state in accounts.values())


def _because(patient: Patient, name: str) -> tuple[Because, ...]:
    container = patient.container(name)
    if container is None:
        return ()
    needed = tuple((code, other) for other in (name, *sorted(behind(patient, container))) for code in DOWN)
    return (
        *needed,
        *infrastructure(patient, container.service),
        ("account-changed", container.service),
        ("api-fails", ""),
        ("ovn-unconnected", ""),
        ("switch-settings", ""),
        ("agent-silent", name),
        ("container-unready", ""),
    )
