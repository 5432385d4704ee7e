"""Hypervisors as placement sees them: none, closed to new guests, or full."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import FIX, Layer, Sign, down, finding, infrastructure
from skylift.model.finding import Evidence, Severity
from skylift.model.patient import ContainerFacts, Patient
from skylift.model.patient_cloud import Provider
from skylift.model.remedy import Remedy

UNITS = {"VCPU": "virtual processors", "MEMORY_MB": "MB of memory", "DISK_GB": "GB of disk"}
SOURCE = "skylift openstack resource provider inventory list"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each hypervisor that takes no new guests."""
    open_ones = [one for one in patient.providers if one.up and one.listed and not one.disabled and not one.full]
    severity: Severity = "warning" if open_ones else "error"
    for one in patient.providers:
        because = (
            *down("nova_compute", "nova_libvirt", "placement_api"),
            ("agent-silent", "nova_compute"),
            ("agent-disabled", ""),
            *infrastructure(patient, "nova"),
        )
        if not one.stocks:
            agents = [other.name for other in patient.of("nova") if _is_agent(other, one)]
            yield Sign(
                finding(
                    "hypervisor-unlisted",
                    "error",
                    "Placement knows of no inventory of a hypervisor",
                    "nova-compute tells placement what its host has at its start, and else only after minutes where "
                    "that is gone; until it does, no guest is put there",
                    [Evidence(f"{one.host}: no inventory", SOURCE, 0.0)],
                    f"{FIX}   (starts nova-compute again; its guests run on)\n"
                    "skylift logs nova_compute --since 10m\nskylift openstack resource provider list",
                    one.host,
                ),
                Layer.AGENT,
                because,
                2.0,
                tuple(Remedy("restart", name, "placement has no inventory of its host") for name in agents),
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
        elif one.full:
            yield _full(one)
        if one.strays:
            yield _stray(one, severity)


def _is_agent(container: ContainerFacts, host: Provider) -> bool:
    return container.name.partition("@")[0] == "nova_compute" and container.node == host.host.partition(".")[0]


def _full(one: Provider) -> Sign:
    names = one.full
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
        (("allocation-stray", one.host),),
        3.0,
    )


def _stray(one: Provider, severity: Severity) -> Sign:
    evidence = [
        Evidence(
            f"{identity}: {', '.join(f'{amount:g} {UNITS.get(name, name)}' for name, amount in sorted(taken.items()))}",
            f"skylift openstack resource provider allocation show {identity}",
            0.0,
        )
        for identity, taken in one.strays.items()
    ]
    return Sign(
        finding(
            "allocation-stray",
            severity,
            "Placement has given away room to guests that do not exist",
            "allocations stay behind when a guest's removal or move is cut off: no valid host is left for new guests",
            evidence,
            "skylift exec nova_conductor nova-manage placement audit --verbose   (lists them)\n"
            "skylift exec nova_conductor nova-manage placement audit --delete",
            one.host,
        ),
        Layer.AGENT,
        (),
        1.0,
    )
