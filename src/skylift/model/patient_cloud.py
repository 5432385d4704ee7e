"""What a patient's services say of agents, hypervisors, networks and users' things. Ages in seconds, None: unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Agent:
    """A program that reports to its service. ``container`` is the one it runs in; ``reason`` why it was disabled."""

    service: str
    binary: str
    host: str
    up: bool
    enabled: bool = True
    age: float | None = None
    reason: str = ""
    container: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What a hypervisor has of a resource class, and how much of it is used; ``ratio`` is that of its allocations."""

    total: float
    reserved: float = 0.0
    ratio: float = 1.0
    used: float = 0.0

    @property
    def free(self) -> float:
        """What may still be given away."""
        return (self.total - self.reserved) * self.ratio - self.used


SMALLEST = {"VCPU": 1.0, "MEMORY_MB": 64.0, "DISK_GB": 1.0}
"""As much as the smallest guest takes."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A hypervisor as nova and placement see it. ``listed``: nova has it; ``stocks`` by resource class.

    ``disabled``: placement keeps new guests away from it. ``strays``: what placement has given away of it to consumers
    that are neither a guest nor a migration, by their id; looked for only where it is full.
    """

    host: str
    listed: bool = True
    up: bool = True
    disabled: bool = False
    stocks: Mapping[str, Stock] = field(default_factory=dict)
    strays: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def full(self) -> tuple[str, ...]:
        """The resource classes of which not even the smallest guest could get what it takes."""
        return tuple(name for name, least in SMALLEST.items() if name in self.stocks and self.stocks[name].free < least)


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest in trouble, or one that runs. ``runs`` is whether the hypervisor has its domain running, None if unknown.

    ``age`` is how long it has been in this state. ``fault`` is what nova noted; ``request`` the id of its last request,
    ``lines`` what services' logs say of that request: container, age, text. ``wants`` is its flavor by resource class.
    ``power``: what nova last heard of its domain where that does not run: paused, shut down, crashed.
    ``ended``: it was shut off, and nobody asked nova for that.
    """

    id: str
    name: str
    status: str
    task: str = ""
    host: str = ""
    age: float = 0.0
    fault: str = ""
    request: str = ""
    action: str = ""
    lines: tuple[tuple[str, float, str], ...] = ()
    wants: Mapping[str, float] = field(default_factory=dict)
    runs: bool | None = None
    domain: str = ""
    ended: bool = False
    power: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something else of users that is in trouble: a load balancer, a volume. ``service`` is who answers for it."""

    service: str
    kind: str
    id: str
    name: str
    status: str
    age: float = 0.0
    reason: str = ""
    members: tuple[str, ...] = ()
    """Of a load balancer that is at work: those behind it that do not answer, in words."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit that a project has reached."""

    service: str
    project: str
    resource: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class Chassis:
    """A chassis of OVN. ``age`` is since it took over the newest configuration last, None where it never did."""

    name: str
    host: str
    addresses: tuple[str, ...] = ()
    age: float | None = None
    configuration: int = 0


@dataclass(frozen=True, slots=True)
class Binding:
    """A guest's port in OVN's southbound database. ``chassis`` is where it is bound, ``host`` where it should be."""

    port: str
    chassis: str = ""
    up: bool = False
    host: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """OVN's databases. ``configuration`` is the newest in the northbound one, ``age`` how long northd has known it.

    ``controllers`` and ``northd`` are what those say of their connection; ``nodes`` are names of the cloud's own.
    ``lost`` are ports of guests that neutron has and OVN has not.
    """

    chassis: tuple[Chassis, ...] = ()
    bindings: tuple[Binding, ...] = ()
    northd: str = ""
    controllers: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """Open vSwitch of a node. ``settings`` are those that OVN's controller reads, ``wanted`` as they should be.

    ``ports`` by bridge; of ``expected``, pairs of a bridge and how a name begins, each must have such a port. ``taps``
    maps a port's id to the interface that is attached for it. ``errors`` are interfaces with what the switch says of
    them, ``flows`` how many the integration bridge has. ``segmentation``: checksums are completed.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    wanted: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expected: tuple[tuple[str, str], ...] = ()
    taps: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[tuple[str, str], ...] = ()
    flows: int | None = None
    segmentation: bool = True


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that is not as the settings say. ``verdict``: what ``apply`` does; ``causes`` why, in words."""

    target: str
    service: str
    verdict: str
    causes: tuple[str, ...] = ()
    kind: str = "container"
