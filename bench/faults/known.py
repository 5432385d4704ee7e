"""All faults, in the order in which they are put in: the mild ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.faults import broker, compute, configuration, containers, database, identity, machine, ovn
from bench.faults.fault import Fault

WRITTEN: dict[str, tuple[Fault, ...]] = {
    "identity": identity.FAULTS,
    "compute": compute.FAULTS,
    "broker": broker.FAULTS,
    "database": database.FAULTS,
    "ovn": ovn.FAULTS,
    "configuration": configuration.FAULTS,
    "machine": machine.FAULTS,
}
"""Kind of fault to those that were written one by one."""
MADE: dict[str, Callable[[Iterable[str]], tuple[Fault, ...]]] = {
    "frozen": containers.frozen,
    "stopped": containers.stopped,
    "paused": containers.paused,
    "killed": containers.killed,
}
"""Kind of fault to those that each container of a cloud has."""


def faults(shorts: Iterable[str]) -> dict[str, tuple[Fault, ...]]:
    """Return kind → faults, for a cloud with these containers."""
    names = tuple(shorts)
    return {**WRITTEN, **{kind: make(names) for kind, make in MADE.items()}}
