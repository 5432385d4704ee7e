"""Guests that failed, hang on their way, or do not run although nova says so; with the reason from the right log."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.known import known
from skylift.doctor.sign import Because, Layer, Sign, ago, down, finding, infrastructure
from skylift.doctor.symptoms.providers import UNITS
from skylift.model.finding import Evidence, Severity
from skylift.model.patient import LogLine, Patient
from skylift.model.patient_cloud import Guest

OLD = 24 * 3600.0
"""Seconds after which a guest's failure is an old story."""
STUCK = {"scheduling": 45.0, "": 60.0, "networking": 90.0, "block_device_mapping": 120.0, "spawning": 240.0}
STUCK_ELSE = 300.0
NO_HOST = "No valid host"
SETTLED = 60.0
"""Seconds after which what nova and libvirt say of a guest, asked one after the other, must agree."""
SHOW = "skylift openstack server show {id}"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each guest in trouble."""
    for guest in patient.guests:
        if guest.status == "ERROR":
            yield _no_host(patient, guest) if NO_HOST in guest.fault else _failed(patient, guest)
        elif (guest.status == "BUILD" or guest.task) and guest.age > STUCK.get(guest.task, STUCK_ELSE):
            yield _stuck(patient, guest)
        elif guest.status == "ACTIVE" and not guest.task and guest.runs is False:
            # Both say so, or have had the time to.
            if not guest.power and guest.age <= SETTLED:
                continue
            yield _not_running(patient, guest)
        elif guest.ended and guest.age < OLD:
            yield _ended(guest)


def _severity(guest: Guest) -> Severity:
    return "warning" if guest.age > OLD else "error"


def _lines(guest: Guest) -> list[Evidence]:
    return [Evidence(text, source, age) for source, age, text in guest.lines[-2:]]


def _compute(patient: Patient) -> tuple[Because, ...]:
    return (
        *down("nova_compute", "nova_libvirt", "nova_conductor"),
        ("agent-silent", "nova_compute"),
        ("agent-disabled", "nova_compute"),
    )


def _no_host(patient: Patient, guest: Guest) -> Sign:
    lacking = _lacking(patient, guest)
    filtered = next((text for _, _, text in guest.lines if "returned 0 hosts" in text), "")
    if lacking:
        cause = f"no hypervisor has what its flavor asks for: {'; '.join(lacking)}"
        fix = "skylift openstack flavor list   (take a smaller one)\nskylift openstack hypervisor stats show"
    elif filtered:
        cause = f"the scheduler's filters left no hypervisor: {_after_request(filtered)}"
        fix = "skylift logs nova_scheduler --since 1h   (which filter, and what it asks for)"
    else:
        cause = "when it was made there was no hypervisor that was up, enabled and had room for it"
        fix = f"skylift openstack compute service list\nskylift openstack server delete {guest.id}   (and make it anew)"
    because = (
        *_compute(patient),
        ("hypervisor-closed", ""),
        ("hypervisor-unlisted", ""),
        ("allocation-stray", ""),
        ("hypervisor-full", ""),
        ("compute-unmapped", ""),
        *down("placement_api", "nova_scheduler"),
    )
    evidence = [Evidence(guest.fault, SHOW.format(id=guest.id), guest.age), *_lines(guest)]
    return Sign(
        finding(
            "guest-no-host", _severity(guest), "No hypervisor would take a guest", cause, evidence, fix, guest.name
        ),
        Layer.USER,
        # What it asks for is more than there is, whatever else is wrong.
        (("allocation-stray", ""),) if lacking else because,
        guest.age,
    )


def _lacking(patient: Patient, guest: Guest) -> list[str]:
    """Return what the flavor asks for that no hypervisor would have had even when empty, or has left now."""
    found = []
    for name, wanted in guest.wants.items():
        free = [one.stocks[name].free for one in patient.providers if name in one.stocks]
        if free and wanted > max(free):
            found.append(f"{wanted:g} {UNITS.get(name, name)}, and at most {max(free):g} are left")
    return found


def _after_request(text: str) -> str:
    """Return a log line without its time, level and request."""
    return text.rpartition("] ")[2] or text


def _failed(patient: Patient, guest: Guest) -> Sign:
    told = known("", "", [LogLine(patient.now - age, text) for _, age, text in guest.lines], patient.now)
    cause = guest.fault or "nova noted no cause"
    fix = f"skylift openstack server show {guest.id}\nskylift openstack server reboot --hard {guest.id}"
    evidence = [Evidence(guest.fault or "ERROR", SHOW.format(id=guest.id), guest.age), *_lines(guest)]
    if told is not None:
        cause, fix = f"{told.summary}. {told.cause}", f"{told.fix}\n{fix}"
        evidence = [evidence[0], *told.evidence[:1]]
    because = (
        *_compute(patient),
        *down("neutron_server", "neutron_rpc_server", "ovn_controller", "ovn_northd", "glance_api", "placement_api"),
        ("port-unbound", ""),
        ("api-fails", "glance"),
        ("api-fails", "neutron"),
        ("api-fails", "placement"),
        ("api-fails", "cinder"),
        ("ovn-unconnected", ""),
        ("switch-settings", ""),
        ("resource-missing", ""),
        *infrastructure(patient, "nova"),
    )
    return Sign(
        finding("guest-error", _severity(guest), "A guest is in state ERROR", cause, evidence, fix, guest.name),
        Layer.USER,
        because,
        guest.age,
    )


def _stuck(patient: Patient, guest: Guest) -> Sign:
    task = guest.task or "none"
    at = {"scheduling": ("nova_scheduler", "nova_conductor"), "": ("nova_conductor", "nova_scheduler")}.get(
        guest.task, ("nova_compute", "nova_libvirt", "nova_conductor")
    )
    network = down("neutron_server", "neutron_rpc_server", "ovn_controller", "ovn_northd", "ovn_sb_db", "ovn_nb_db")
    because = (
        *down(*at),
        *(item for one in at for item in (("agent-silent", one), *((("config-edited", one),)))),
        *(network if guest.task in ("networking", "spawning") else ()),
        *infrastructure(patient, "nova"),
        ("queue-unread", ""),
        ("api-fails", "neutron"),
        ("api-fails", "glance"),
        ("api-fails", "placement"),
    )
    evidence = [
        Evidence(f"{guest.status}, task {task}", SHOW.format(id=guest.id), guest.age),
        *_lines(guest),
    ]
    who = at[0]
    return Sign(
        finding(
            "guest-stuck",
            "error",
            "A guest does not get on",
            f"it has been in task {task} since {ago(guest.age)}: {who} has the next step to do, and nothing that was"
            " looked at explains why it does not; a message to it may be lost",
            evidence,
            f"skylift logs {who} --since 30m\nskylift openstack server delete {guest.id}   (and make it anew)",
            guest.name,
        ),
        Layer.USER,
        because,
        guest.age,
    )


def _ended(guest: Guest) -> Sign:
    return Sign(
        finding(
            "guest-ended",
            "warning",
            "A guest ended, and nobody had stopped it",
            f"its process was killed or ended {ago(guest.age)}, or it was shut down from inside: nova found it off",
            [Evidence("stop, asked for by nobody", f"skylift openstack server event list {guest.id}", guest.age)],
            f"skylift openstack server start {guest.id}\nskylift logs nova_libvirt --since 1h",
            guest.name,
        ),
        Layer.USER,
        (*down("nova_libvirt"), ("memory-killed", ""), ("memory-low", ""), ("disk-full", "")),
        guest.age,
    )


def _not_running(patient: Patient, guest: Guest) -> Sign:
    return Sign(
        finding(
            "guest-not-running",
            "error",
            "A guest does not run although nova says so",
            f"its domain is {guest.power or guest.domain or 'not there'} in libvirt: it ended or is held still",
            [
                Evidence(
                    f"{guest.name}: {guest.domain or 'no domain'}", "skylift exec nova_libvirt virsh list --all", 0.0
                )
            ],
            f"skylift openstack server reboot --hard {guest.id}",
            guest.name,
        ),
        Layer.USER,
        (*down("nova_libvirt"), ("memory-killed", ""), ("memory-low", ""), ("disk-full", "")),
        guest.age,
    )
