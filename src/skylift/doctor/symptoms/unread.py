"""Parts that could not be looked at: said, so that silence is not taken for health."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import DOWN, Layer, Sign, finding, infrastructure
from skylift.model.finding import Evidence
from skylift.model.patient import Patient

CONTAINERS = {
    "database": ("mariadb",),
    "broker": ("rabbitmq",),
    "cache": ("memcached",),
    "network": ("ovn_nb_db", "ovn_sb_db", "ovn_northd", "ovn_controller"),
    "switch": ("openvswitch_db", "openvswitch_vswitchd"),
}


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each part that could not be read."""
    if patient.why_unread("containers") is not None:
        # Not even the engine told: one word on it is enough.
        yield _nothing(patient)
        return
    for unread in patient.unread:
        own = tuple((code, name) for name in CONTAINERS.get(unread.part, ()) for code in DOWN)
        services = tuple(("api-fails", service) for service in sorted(patient.services))
        yield Sign(
            finding(
                "not-looked-at",
                "warning",
                "A part of the cloud could not be looked at",
                f"what is wrong with its {unread.part}, if anything, is not known",
                [Evidence(unread.why, unread.source, 0.0)],
                "skylift doctor   (again, when what is wrong besides is put right)",
                unread.part,
            ),
            Layer.UNREAD,
            (
                *own,
                (f"{unread.part}-silent", ""),
                ("ovn-silent", ""),
                ("database-connections", ""),
                *infrastructure(patient),
                ("admin-refused", ""),
                ("account-changed", ""),
                *services,
                *((code, "") for code in DOWN),
            ),
        )


def _nothing(patient: Patient) -> Sign:
    evidence = [Evidence(one.why, one.source, 0.0) for one in patient.unread]
    parts = ", ".join(one.part for one in patient.unread)
    return Sign(
        finding(
            "not-looked-at",
            "error",
            "A part of the cloud could not be looked at",
            f"not even the container engine told in time ({parts}): the machine is very busy, or it hangs",
            evidence[:3],
            "uptime\nskylift doctor   (again)",
            "containers",
        ),
        Layer.UNREAD,
        (("memory-low", ""),),
    )
