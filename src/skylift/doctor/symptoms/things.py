"""Load balancers and volumes that failed, or hang on their way."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import Because, Layer, Sign, ago, down, finding, infrastructure
from skylift.model.finding import Evidence, Severity
from skylift.model.patient import Patient
from skylift.model.patient_cloud import Thing

OLD = 24 * 3600.0
STUCK = 60.0
SHOW = {
    "load balancer": "skylift openstack loadbalancer status show",
    "volume": "skylift openstack volume show",
}
MEND = {
    "load balancer": "skylift openstack loadbalancer failover",
    "volume": "skylift openstack volume delete --force",
}
NAMES = {"load balancer": "balancer", "volume": "volume"}


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each thing in trouble."""
    for thing in patient.things:
        if thing.kind == "load balancer" and thing.status in ("DEGRADED", "ERROR") and thing.members:
            yield _members(patient, thing)
            continue
        failed = "error" in thing.status.lower()
        if not failed and thing.age < STUCK:
            continue
        severity: Severity = "warning" if failed and thing.age > OLD else "error"
        code = f"{NAMES.get(thing.kind, thing.kind)}-{'error' if failed else 'stuck'}"
        cause = thing.reason or (
            f"{thing.service} noted that it failed {ago(thing.age)}"
            if failed
            else f"it has been {thing.status} since {ago(thing.age)}: who works on it stopped, or its answer was lost"
        )
        show = SHOW.get(thing.kind, "skylift openstack")
        fix = f"skylift logs {thing.service} --since 1h"
        if failed:
            fix += f"\n{MEND.get(thing.kind, show)} {thing.id}"
        yield Sign(
            finding(
                code,
                severity,
                f"A {thing.kind} {'failed' if failed else 'does not get on'}",
                cause,
                [Evidence(thing.status, f"{show} {thing.id}", thing.age)],
                fix,
                thing.name or thing.id,
            ),
            Layer.USER,
            _because(patient, thing),
            thing.age,
        )


def _members(patient: Patient, thing: Thing) -> Sign:
    whole = thing.status == "ERROR"
    answer = "no answer at all, not" if whole else "no answer"
    return Sign(
        finding(
            "balancer-members",
            "error" if whole else "warning",
            "Members of a load balancer do not answer",
            f"its health monitor gets {answer} from {'; '.join(thing.members)}: it stopped, hangs, or is shut off",
            [Evidence(thing.status, f"{SHOW[thing.kind]} {thing.id}", 0.0)],
            "skylift openstack server list --all-projects\nskylift openstack console log show GUEST",
            thing.name,
        ),
        Layer.USER,
        (
            *((code, "") for code in ("guest-ended", "guest-not-running", "guest-error", "guest-stuck")),
            *_because(patient, thing),
        ),
        1.0,
    )


def _because(patient: Patient, thing: Thing) -> tuple[Because, ...]:
    own = [one.name for one in patient.of(thing.service)]
    network = down("ovn_nb_db", "ovn_sb_db", "ovn_northd", "ovn_controller", "neutron_server")
    storage = tuple((code, "") for code in ("service-unwell",)) + down("ceph_osd", "ceph_mon")
    return (
        *down(*own),
        ("agent-silent", f"{thing.service}_volume"),
        *(network if thing.kind == "load balancer" else storage),
        ("ovn-unconnected", ""),
        *infrastructure(patient, thing.service),
        ("api-fails", thing.service),
    )
