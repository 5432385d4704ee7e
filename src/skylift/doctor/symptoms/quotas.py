"""Projects that have reached a limit: the next request is refused, and no service is to blame."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import Layer, Sign, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient

OPTIONS = {
    "instances": "--instances",
    "cores": "--cores",
    "ram": "--ram",
    "port": "--ports",
    "network": "--networks",
    "subnet": "--subnets",
    "router": "--routers",
    "floatingip": "--floating-ips",
    "security_group": "--secgroups",
    "security_group_rule": "--secgroup-rules",
    "server_groups": "--server-groups",
    "volumes": "--volumes",
    "gigabytes": "--gigabytes",
    "snapshots": "--snapshots",
}


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each limit that is reached."""
    for quota in patient.quotas:
        option = OPTIONS.get(quota.resource, f"--{quota.resource}")
        yield Sign(
            finding(
                "quota-reached",
                "warning",
                "A project has reached a limit",
                f"{quota.service} refuses project {quota.project} any more {quota.resource}",
                [
                    Evidence(
                        f"{quota.resource}: {quota.used} of {quota.limit}",
                        f"skylift openstack quota show --usage {quota.project}",
                        0.0,
                    )
                ],
                f"skylift openstack quota set {option} {max(2 * quota.limit, quota.used + 10)} {quota.project}",
                f"{quota.project}/{quota.resource}",
            ),
            Layer.USER,
        )
