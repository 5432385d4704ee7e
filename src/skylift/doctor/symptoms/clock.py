"""Clocks that differ: tokens are not valid yet or no longer, agents count as silent, and messages mislead."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import Layer, Sign, ago, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient

TOLERATED = 5.0
"""Seconds between two clocks; a slow answer makes some difference too."""


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each clock that differs from the machine's, and for one that went back."""
    clocks: list[tuple[str, float, str]] = []
    if patient.database is not None:
        clocks.append(("mariadb", patient.database.ahead, "SELECT UNIX_TIMESTAMP()"))
    if patient.identity is not None and patient.identity.ahead is not None:
        clocks.append(("keystone", patient.identity.ahead, "issued_at of a new token"))
    for container, ahead, source in clocks:
        if abs(ahead) > TOLERATED:
            words = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the machine's"
            yield Sign(
                finding(
                    "clock-differs",
                    "error",
                    "A container's clock is not the machine's",
                    "tokens are not valid yet, or no longer; whoever reports in time counts as silent",
                    [Evidence(f"it is {words}", source, 0.0)],
                    f"docker inspect --format '{{{{.Config.Env}}}}' $(docker ps -qf name={container})   (LD_PRELOAD,"
                    " FAKETIME?)\nskylift apply",
                    container,
                ),
                Layer.INFRASTRUCTURE,
                (("container-changed", container),),
                6.0,
            )
    future = [one for one in patient.containers if one.started > patient.now + 60]
    if future:
        first = max(future, key=lambda one: one.started)
        yield Sign(
            finding(
                "clock-went-back",
                "error",
                "The machine's clock went back",
                "containers started in what is now the future; tokens and reports of that time count as not valid yet",
                [
                    Evidence(
                        f"{first.name} was started {ago(first.started - patient.now).removesuffix(' ago')} from now",
                        "docker inspect",
                        0.0,
                    )
                ],
                "date -u   (right? if not: timedatectl set-ntp true)\nskylift apply",
            ),
            Layer.MACHINE,
        )
