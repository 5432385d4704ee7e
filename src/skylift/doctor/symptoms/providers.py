"""Hypervisors as placement sees them: none, closed to new guests, or full."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import Layer, Sign, down, finding, infrastructure
from skylift.model.finding import Evidence, Severity
from skylift.model.patient import Patient
from skylift.model.patient_cloud import Provider

SMALLEST = {"VCPU": 1.0, "MEMORY_MB": 64.0, "DISK_GB": 1.0}
"""As much as the smallest guest takes."""
UNITS = {"VCPU": "virtual processors", "MEMORY_MB": "MB of memory", "DISK_GB": "GB of disk"}
SOURCE = "skylift openstack resource provider inventory list"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each hypervisor that takes no new guests."""
    open_ones = [one for one in patient.providers if one.up and one.listed and not one.disabled and not full(one)]
    severity: Severity = "warning" if open_ones else "error"
    for one in patient.providers:
        because = (
            *down("nova_compute", "nova_libvirt", "placement_api"),
            ("agent-silent", "nova_compute"),
            ("agent-disabled", ""),
            *infrastructure(patient, "nova"),
        )
        if not one.stocks:
            yield Sign(
                finding(
                    "hypervisor-unlisted",
                    "error",
                    "Placement knows of no inventory of a hypervisor",
                    "nova-compute tells placement what its host has; until it does, no guest is put there",
                    [Evidence(f"{one.host}: no inventory", SOURCE, 0.0)],
                    "skylift logs nova_compute --since 10m\nskylift openstack resource provider list",
                    one.host,
                ),
                Layer.AGENT,
                because,
                2.0,
            )
        elif one.disabled:
            yield Sign(
                finding(
                    "hypervisor-closed",
                    severity,
                    "Placement keeps new guests away from a hypervisor",
                    "it has the trait COMPUTE_STATUS_DISABLED, as that of a disabled nova-compute",
                    [
                        Evidence(
                            f"{one.host}: COMPUTE_STATUS_DISABLED",
                            "skylift openstack resource provider trait list",
                            0.0,
                        )
                    ],
                    f"skylift openstack compute service set --enable {one.host} nova-compute",
                    one.host,
                ),
                Layer.AGENT,
                because,
                2.0,
            )
        elif full(one):
            yield _full(one)


def full(one: Provider) -> tuple[str, ...]:
    """Return the resource classes of which not even the smallest guest could get what it takes."""
    return tuple(name for name, least in SMALLEST.items() if name in one.stocks and one.stocks[name].free < least)


def _full(one: Provider) -> Sign:
    names = full(one)
    evidence = [
        Evidence(
            f"{UNITS[name]}: {stock.total:g} × {stock.ratio:g}, {stock.reserved:g} reserved, {stock.used:g} given away",
            SOURCE,
            0.0,
        )
        for name in names
        for stock in [one.stocks[name]]
    ]
    return Sign(
        finding(
            "hypervisor-full",
            "warning",
            "A hypervisor has no room for another guest",
            f"no {' and no '.join(UNITS[name] for name in names)} is left to be given away",
            evidence,
            "skylift openstack server list --all-projects   (delete what is not needed)\n"
            "config/nova.conf: [DEFAULT] cpu_allocation_ratio, ram_allocation_ratio, reserved_host_memory_mb",
            one.host,
        ),
        Layer.AGENT,
        (),
        3.0,
    )
