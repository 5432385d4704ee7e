"""What services say of themselves (Ceph's health) is not well."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import FIX, Layer, Sign, down, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each service that says it is not well."""
    for report in patient.reports:
        if report.well:
            continue
        own = [one.name for one in patient.of(report.service)]
        yield Sign(
            finding(
                "service-unwell",
                "error",
                "A service says that it is not well",
                report.said,
                [Evidence(report.said, f"skylift status ({report.service})", 0.0)],
                f"skylift logs {report.service} --since 30m\n{FIX}",
                report.service,
            ),
            Layer.INFRASTRUCTURE,
            (("disk-full", ""), *down(*own)),
            7.0,
        )
