"""A container that should run does not: when it ended, with what, and what it said last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skylift.doctor.known import known
from skylift.doctor.sign import (
    APPLY,
    FIX,
    NOT_RUNNING,
    Because,
    Layer,
    Sign,
    ago,
    behind,
    edited,
    finding,
    infrastructure,
)
from skylift.model.finding import Evidence, Finding
from skylift.model.patient import ContainerFacts, LogLine, Patient
from skylift.model.remedy import Remedy

LAST_LINES = 3
LAST_SECONDS = 60.0
REQUEST = re.compile(r"\[pid: \d+\|app: ")
"""What uWSGI writes of each request says nothing of an end."""
LOOPING_RESTARTS, LOOPING_SECONDS = 3, 90
ENDED = {0: "it ended by itself, or was stopped", 137: "it was killed (signal 9)", 143: "it was stopped (signal 15)"}


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each container that does not run as it should, and for each job that failed."""
    for container in patient.containers:
        if container.done or (container.job and container.status in ("running", "created")):
            continue
        found = _not_running(patient, container)
        if found is not None:
            yield _sign(patient, container, found)
        elif container.apart:
            yield _apart(patient, container)


def _not_running(patient: Patient, one: ContainerFacts) -> Finding | None:
    """Return what is wrong with a container that does not run; None for one that does."""
    since = patient.now - one.finished
    if one.status == "missing":
        code, summary, cause = "container-missing", "A container is not there", "it was removed, or never made"
        seen = Evidence("the engine has no such container", "docker ps -a")
    elif one.status in ("exited", "dead"):
        code = "job-failed" if one.job else "container-exited"
        summary = "One-time work failed" if one.job else "A container does not run"
        cause = f"{_end(one)}, {ago(since)}"
        seen = Evidence(f"{one.status} with code {one.exit_code}", "docker inspect", max(0.0, since))
    elif one.status == "created":
        code, summary = "container-never-started", "A container was never started"
        cause = one.error or "whoever made it did not start it"
        seen = Evidence(f"created, {one.error}" if one.error else "created", "docker inspect")
    elif one.status == "paused":
        code, summary, cause = "container-paused", "A container is paused", "somebody paused it: it does nothing at all"
        seen = Evidence("paused", "docker inspect")
    elif one.status == "restarting" or _loops(patient, one):
        code, summary = "container-looping", "A container ends again and again"
        cause = f"{_end(one)}; the engine has started it again {one.restarts} times"
        seen = Evidence(f"{one.restarts} restarts, last code {one.exit_code}", "docker inspect", max(0.0, since))
    elif one.frozen:
        code, summary = "container-frozen", "A container's process is held still"
        cause = "its main process was stopped by a signal (SIGSTOP): it runs, and does nothing"
        seen = Evidence("state T (stopped)", "/proc/PID/status")
    else:
        return None
    fix = f"skylift logs {one.name}\n{FIX if code == 'container-frozen' else APPLY}"
    last = [line for line in one.lines if not REQUEST.match(line.text)][-LAST_LINES:]
    lines = [Evidence(line.text, one.name, max(0.0, patient.now - line.time)) for line in last]
    told = known(one.name, one.service, _last_words(one), patient.now)
    if told is not None:
        cause += f". The last it said: {told.summary}. {told.cause}"
        fix = f"{fix}\n{told.fix}"
        lines = list(told.evidence[:1])
    return finding(code, "error", summary, cause, (seen, *lines), fix, one.name)


def _last_words(one: ContainerFacts) -> list[LogLine]:
    """Return the lines that may tell why it ended: none of one that was stopped, whatever it had said before."""
    if one.status in ("exited", "dead") and (one.exit_code or 0) in ENDED:
        return []
    return [line for line in one.lines if line.time > one.finished - LAST_SECONDS]


def _end(one: ContainerFacts) -> str:
    if one.oom_killed:
        return "the kernel killed it for want of memory"
    if one.error:
        return one.error
    code = one.exit_code or 0
    return ENDED.get(code, f"it ended with code {code}")


def _loops(patient: Patient, one: ContainerFacts) -> bool:
    return (
        one.status == "running"
        and one.restarts >= LOOPING_RESTARTS
        and patient.now - one.started < LOOPING_SECONDS
        and not (one.probe is not None and one.probe.ok and one.health == "healthy")
    )


def _sign(patient: Patient, one: ContainerFacts, found: Finding) -> Sign:
    before = behind(patient, one)
    remedies: tuple[Remedy, ...] = ()
    if found.code == "container-frozen":
        remedies = (Remedy("restart", one.name, "its process is held still"),)
    return Sign(found, Layer.CONTAINER, because(patient, one, found.code), float(len(before)), remedies)


def because(patient: Patient, one: ContainerFacts, code: str) -> tuple[Because, ...]:
    """Return what explains that a container does not run: its node, an edit, and, unless somebody held or removed it,
    the machine and what it needs.
    """
    node = tuple((why, other.name) for other in _nodes(patient, one) for why in NOT_RUNNING)
    if code in ("container-paused", "container-frozen", "container-missing"):
        return node
    if one.oom_killed:
        return (*node, ("memory-low", ""))
    if code == "container-exited":
        # The engine starts again what ends by itself: this one was stopped, or the engine gave it up.
        return (
            *node,
            ("disk-full", ""),
            *((why, where) for why, where in edited(one.name) if why == "container-changed"),
        )
    needed = tuple((why, name) for name in sorted(behind(patient, one)) for why in NOT_RUNNING)
    return (*edited(one.name), *node, ("disk-full", ""), *needed, *infrastructure(patient, one.service))


def _nodes(patient: Patient, one: ContainerFacts) -> list[ContainerFacts]:
    if one.service == "node":
        return []
    return [other for other in patient.containers if other.service == "node" and other.node == one.node]


def _apart(patient: Patient, one: ContainerFacts) -> Sign:
    return Sign(
        finding(
            "container-apart",
            "error",
            "A container is cut off from its node's network",
            f"the container of node {one.node} was started anew, and this one still lives in the network it had before",
            [Evidence("its network namespace is not the node's", "/proc/PID/ns/net")],
            f"{FIX}   (restarts it)",
            one.name,
        ),
        Layer.NODE,
        tuple((code, other.name) for other in _nodes(patient, one) for code in NOT_RUNNING),
        float(len(behind(patient, one))),
        (Remedy("restart", one.name, "it lives in a network that is gone"),),
    )
