"""What is not as the settings say: files edited by hand, containers made anew, keystone's entries changed by API."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import APPLY, Layer, Sign, down, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.patient_cloud import Drift

PLAN = "skylift plan"
BY_HAND = ("by hand", "is missing in it", "is not in the network of", "is not attached to")
UNKNOWN = "unknown until"
ENTRIES = {
    "account": ("account-changed", "A service's user in keystone is not as it should be"),
    "endpoint": ("endpoint-changed", "An address in the catalogue is not as it should be"),
    "role": ("role-changed", "A role in keystone is not as it should be"),
    "domain": ("domain-changed", "A domain in keystone is not as it should be"),
    "resource": ("resource-missing", "Something that the settings ask for is not there, or is another"),
}


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each difference that is somebody's doing; differences in the settings are one note."""
    pending = []
    moving = {f"{one.target} changes" for one in patient.drift}
    for one in patient.drift:
        if one.kind in ENTRIES:
            if not moving.issuperset(one.causes) and not any(cause.startswith(UNKNOWN) for cause in one.causes):
                yield _entry(one)
            continue
        causes = [cause for cause in one.causes if any(words in cause for words in BY_HAND)]
        if causes:
            yield _container(patient, one, causes)
        elif one.verdict in ("create", "recreate", "reload", "remove") and not _seen(patient, one):
            pending.append(one)
    if pending:
        yield _pending(pending)


def _seen(patient: Patient, one: Drift) -> bool:
    """Whether the container's own state tells as much."""
    container = patient.container(one.target)
    return container is not None and (not container.runs or container.job)


def _container(patient: Patient, one: Drift, causes: list[str]) -> Sign:
    file = any("edited" in cause or "missing in it" in cause for cause in causes)
    code = "config-edited" if file else "container-changed"
    summary = (
        "A configuration file inside a container was changed by hand" if file else "A container was changed by hand"
    )
    return Sign(
        finding(
            code,
            "error",
            summary,
            f"{one.target}: {', '.join(causes)}",
            [Evidence(cause, PLAN, 0.0) for cause in causes],
            f"{PLAN}   (shows the difference)\n{APPLY}   (puts it back; to keep a change, write it to config/)",
            one.target,
        ),
        Layer.EDITED,
        tuple((code, other.name) for other in patient.of("node") for code in ("container-missing", "container-exited"))
        if not file
        else (),
    )


def _entry(one: Drift) -> Sign:
    code, summary = ENTRIES[one.kind]
    where = one.service if one.kind == "account" and one.service else one.target
    return Sign(
        finding(
            code,
            "error",
            summary,
            f"{one.target}: {', '.join(one.causes)}",
            [Evidence(cause, PLAN, 0.0) for cause in one.causes],
            APPLY,
            where,
        ),
        Layer.IDENTITY if one.kind != "resource" else Layer.SERVICE,
        # What cannot be asked for at the moment is not missing.
        down("keystone") if one.kind != "resource" else (),
    )


def _pending(pending: list[Drift]) -> Sign:
    first = pending[0]
    names = ", ".join(one.target for one in pending[:4]) + (" …" if len(pending) > 4 else "")
    return Sign(
        finding(
            "changes-pending",
            "note",
            "The settings ask for changes that were not applied yet",
            f"{len(pending)} containers would change: {names}",
            [Evidence(f"{first.target}: {', '.join(first.causes)}", PLAN, 0.0)],
            f"{PLAN}\n{APPLY}",
        ),
        Layer.DRIFT,
    )
