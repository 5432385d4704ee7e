"""One sign of trouble, with what would explain it; and words that many symptoms share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from skylift.model.finding import Evidence, Finding, Severity
from skylift.model.patient import ContainerFacts, Patient
from skylift.model.remedy import Remedy

APPLY = "skylift apply"
FIX = "skylift doctor --fix"


class Layer(IntEnum):
    """What carries what: of two signs that nothing explains, the one further down is the likelier cause."""

    MACHINE = 0
    NODE = 1
    EDITED = 2
    CONTAINER = 3
    INFRASTRUCTURE = 4
    IDENTITY = 5
    NETWORK = 6
    SERVICE = 7
    AGENT = 8
    USER = 9
    DRIFT = 10
    LOG = 11
    UNREAD = 12


Because = tuple[str, str]
"""A code that would explain a sign, and where; an empty place stands for any."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A finding, and what would explain it: ``because`` in order of probability.

    ``rank`` orders signs of a layer, the lowest first. ``remedies`` are safe repairs; those that ``apply`` would carry
    out anyway need none.
    """

    finding: Finding
    layer: Layer
    because: tuple[Because, ...] = ()
    rank: float = 0.0
    remedies: tuple[Remedy, ...] = ()

    @property
    def key(self) -> Because:
        """What it is known by."""
        return self.finding.code, self.finding.where


NOT_RUNNING = (
    "container-missing",
    "container-exited",
    "container-paused",
    "container-frozen",
    "container-looping",
    "container-never-started",
)
STOPPED = (*NOT_RUNNING, "container-apart")
DOWN = (*STOPPED, "container-unready", "container-starting")
"""Codes of signs that a container does not do its work."""

_BROKER = ("broker-silent", "broker-closed", "broker-alarm", "broker-account")
_DATABASE = (
    "database-silent",
    "database-connections",
    "database-locked",
    "database-read-only",
    "galera-not-ready",
)
_IDENTITY = ("login-fails", "token-keys")


def down(*names: str) -> tuple[Because, ...]:
    """Return what says that one of these containers does not do its work."""
    return tuple((code, name) for name in names for code in DOWN)


def edited(*names: str) -> tuple[Because, ...]:
    """Return what says that somebody changed one of these containers."""
    return tuple((code, name) for name in names for code in ("config-edited", "container-changed"))


def infrastructure(patient: Patient, *services: str) -> tuple[Because, ...]:
    """Return what is wrong with node, broker, database, cache or keystone, as far as these services need it.

    Without names, with any of them.
    """
    needed = needs(patient, *services) if services else set(patient.services)
    found: list[Because] = [("disk-full", ""), ("bridge-down", "")]
    found += [(code, one.name) for one in patient.of("node") for code in NOT_RUNNING]
    if "mariadb" in needed:
        found += down("mariadb") + tuple((code, "") for code in _DATABASE)
        found += tuple(("database-account", account) for account in services)
    if "rabbitmq" in needed:
        found += down("rabbitmq") + tuple((code, "") for code in _BROKER)
    if "keystone" in needed:
        found += down("keystone") + tuple((code, "") for code in _IDENTITY)
    if "memcached" in needed:
        found += (*down("memcached"), ("cache-silent", ""), ("cache-full", ""))
    return tuple(found)


def needs(patient: Patient, *services: str) -> set[str]:
    """Return the services that the containers of these wait for at their start, directly or not.

    Programs ask keystone for tokens without waiting for it, so it is among them wherever one of a service's containers
    waits for it: not for the database, the broker and what else keystone itself is built on.
    """
    names = {one.name for service in services for one in patient.of(service)}
    by_name = {one.name: one for one in patient.containers}
    found = {by_name[name].service for one in names for name in behind(patient, by_name[one]) if name in by_name}
    if not names:
        return found
    asks = found | set(services)
    return asks | {"keystone", "mariadb", "memcached"} if "keystone" in asks else asks


def behind(patient: Patient, container: ContainerFacts) -> frozenset[str]:
    """Return every container and job that this one waits for at its start, directly or not."""
    by_name = {one.name: one for one in patient.containers}
    seen: set[str] = set()
    queue = [container.name]
    while queue:
        one = by_name.get(queue.pop())
        for name in one.after if one is not None else ():
            if name not in seen:
                seen.add(name)
                queue.append(name)
    return frozenset(seen - {container.name})


def users_of(patient: Patient, service: str) -> tuple[str, ...]:
    """Return the containers that wait for one of ``service`` at their start."""
    own = {one.name for one in patient.of(service)}
    return tuple(one.name for one in patient.containers if not one.job and own & behind(patient, one))


def finding(
    code: str,
    severity: Severity,
    summary: str,
    cause: str,
    evidence: Iterable[Evidence] = (),
    fix: str = "",
    where: str = "",
) -> Finding:
    """Return a finding; arguments as of :class:`skylift.model.finding.Finding`."""
    return Finding(code, severity, summary, cause, tuple(evidence), fix, where)


def ago(seconds: float) -> str:
    """Return an age as people say it: ``12 s ago``, ``5 min ago``, ``3 h ago``, ``2 days ago``."""
    seconds = max(0.0, seconds)
    for limit, unit, word in ((60, 1, "s"), (3600, 60, "min"), (48 * 3600, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // unit)} {word} ago"
    return f"{int(seconds // 86400)} days ago"


def size(number: float) -> str:
    """Return bytes as people read them: ``412 MB``, ``1.2 GB``."""
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"
