"""A running cloud at one moment, as plain data: what ``skylift doctor`` judges. Ages and times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from skylift.model.patient_cloud import Agent, Drift, Guest, Network, Provider, Quota, Switch, Thing
from skylift.model.patient_infra import Broker, Cache, Database, Identity, MachineFacts


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that a container wrote: ``time`` in epoch seconds."""

    time: float
    text: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A check of a container, tried now or by the engine ``age`` seconds ago: what was asked and what came back."""

    what: str
    ok: bool
    said: str = ""
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """A container that there should be. ``name`` is Kolla's (``nova_api``; not on the first node: ``nova_api@node2``).

    ``status`` is the engine's, or ``missing``. ``error`` is what the engine noted of its last start. ``frozen``: its
    process is stopped by a signal. ``apart``: it lives in another network namespace than its node's. ``after`` names
    what it waits for at its start; ``ready_within`` how long it may take. ``lines`` are its last ones, oldest first.
    """

    name: str
    engine_name: str = ""
    service: str = ""
    node: str = "node1"
    job: bool = False
    status: str = "running"
    health: str = ""
    exit_code: int | None = None
    oom_killed: bool = False
    error: str = ""
    started: float = 0.0
    finished: float = 0.0
    restarts: int = 0
    frozen: bool = False
    apart: bool = False
    after: tuple[str, ...] = ()
    ready_within: float = 120.0
    outage: str = ""
    probe: Probe | None = None
    lines: tuple[LogLine, ...] = ()

    @property
    def runs(self) -> bool:
        """True when its process runs and is not held still."""
        return self.status == "running" and not self.frozen

    @property
    def done(self) -> bool:
        """True for a job that ended well."""
        return self.job and self.status == "exited" and self.exit_code == 0


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A real question to an API, with a token: ``status`` is HTTP's, 0 when nothing answered."""

    service: str
    url: str
    status: int
    said: str = ""
    seconds: float = 0.0
    request: str = ""

    @property
    def ok(self) -> bool:
        """True for an answer that is no error."""
        return 200 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Report:
    """What a service says of itself, and whether that is well."""

    service: str
    container: str
    well: bool
    said: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that could not be read, which is a fact too: by which command, and why.

    ``failed`` is the answer of an API that failed meanwhile.
    """

    part: str
    source: str
    why: str
    failed: ApiAnswer | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """The whole. A part that was not looked at, or is among ``unread``, is None or empty.

    ``now`` is the machine's clock in epoch seconds; ``services`` are those that are on.
    """

    cloud: str
    now: float
    services: frozenset[str] = frozenset()
    containers: tuple[ContainerFacts, ...] = ()
    apis: tuple[ApiAnswer, ...] = ()
    machine: MachineFacts | None = None
    broker: Broker | None = None
    database: Database | None = None
    cache: Cache | None = None
    identity: Identity | None = None
    network: Network | None = None
    switch: Switch | None = None
    agents: tuple[Agent, ...] = ()
    providers: tuple[Provider, ...] = ()
    guests: tuple[Guest, ...] = ()
    things: tuple[Thing, ...] = ()
    quotas: tuple[Quota, ...] = ()
    reports: tuple[Report, ...] = ()
    drift: tuple[Drift, ...] = ()
    unread: tuple[Unread, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each part took to read."""

    def container(self, name: str) -> ContainerFacts | None:
        """Return the container of this name, or None."""
        return next((one for one in self.containers if one.name == name), None)

    def of(self, service: str) -> tuple[ContainerFacts, ...]:
        """Return the containers of a service, without its jobs."""
        return tuple(one for one in self.containers if one.service == service and not one.job)

    def why_unread(self, part: str) -> Unread | None:
        """Return why a part could not be read, or None."""
        return next((one for one in self.unread if one.part == part), None)
