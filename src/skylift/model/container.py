"""A container as the engine is asked to make it, and as it is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from skylift.model.inputs import Input
from skylift.model.secret import Secret
from skylift.model.service_container import Check, Reload

LABEL = "io.skylift."


@dataclass(frozen=True, slots=True)
class File:
    """A rendered file: path in the container, content (never shown), octal mode.

    ``dest`` is where kolla_set_configs copies it to. ``inputs`` are what it was made from; ``origins`` pairs
    ``[section] key`` with the line of the override file its value came from (``config/nova.conf:3``), or an empty text
    with the override file that replaced the whole. ``shadowed`` pairs the same with lines that lost to those.
    """

    path: str
    content: Secret
    mode: int = 0o600
    dest: str = ""
    inputs: tuple[Input, ...] = ()
    origins: tuple[tuple[str, str], ...] = ()
    shadowed: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """First 16 hex digits of SHA-256 over mode and content."""
        return hashlib.sha256(f"{self.mode:o}\0{self.content.reveal()}".encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """The name of the file, for people."""
        return self.path.rsplit("/", 1)[-1]


def stamp(digest: str) -> int:
    """Return the time of change (epoch seconds, before 1979) that a file with this digest is given in a container.

    So the engine can tell, without reading it, which version of a file lies there; a file that somebody wrote later has
    a time of our days.
    """
    return 1 + int(digest[:7], 16)


LATEST_STAMP = 1 + 0xFFFFFFF

RECORD = "inputs.json"
"""The file beside the configuration files that a reload leaves: the inputs, where the label is out of date."""


@dataclass(frozen=True, slots=True)
class Mount:
    """``kind``: volume, bind or tmpfs. ``source`` is the engine's volume name or a path of the host."""

    kind: str
    source: str
    target: str
    read_only: bool = False
    propagation: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A place on an engine network, with a fixed address."""

    network: str
    address: str


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """Everything the engine needs to make one container, plus what the planner needs to compare it.

    ``name`` is the engine's name; ``short`` the Kolla name (``nova_api``). ``network`` is ``container:NAME``, or empty
    when ``attachments`` place it on networks of its own. ``image`` is a reference, ``image_id`` what it resolved to.
    ``job`` marks one-time work. ``after`` holds engine names, and ``catalogue`` for all of keystone's entries.
    ``healthcheck`` is the engine's own periodic check. ``reload``, ``outage`` and ``guests`` are as declared.
    """

    name: str
    short: str
    service: str
    node: str
    image: str
    image_id: str = ""
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] | None = None
    user: str | None = None
    environment: tuple[tuple[str, str], ...] = ()
    mounts: tuple[Mount, ...] = ()
    capabilities: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    security: tuple[str, ...] = ()
    host_pid: bool = False
    cgroup_host: bool = False
    network: str = ""
    attachments: tuple[Attachment, ...] = ()
    files: tuple[File, ...] = ()
    check: Check | None = None
    check_address: str = ""
    healthcheck: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    job: bool = False
    restart: bool = True
    timeout: int = 120
    grace: int = 10
    weight: int = 1
    followed: tuple[tuple[str, str], ...] = ()
    hostname: str = ""
    sysctls: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    """Further labels: facts to be read back later, no cause for a change."""
    uncounted: frozenset[str] = frozenset()
    """Paths of files that are given but are no input: a job is not repeated when just these change."""
    reload: Reload | None = None
    outage: str = ""
    guests: str = ""

    @property
    def file_digests(self) -> dict[str, str]:
        """Digest of each rendered file by path: kept as a label so that a plan can name the file."""
        return {file.path: file.digest for file in self.files if file.path not in self.uncounted}

    @property
    def inputs(self) -> dict[str, Input]:
        """What the counted files were made from, by name."""
        counted = (file for file in self.files if file.path not in self.uncounted)
        return {one.name: one for file in counted for one in file.inputs}

    @property
    def record(self) -> File:
        """The file that says which inputs a reload took over; passwords as digests, as on the label."""
        text = json.dumps({one.name: one.value for one in self.inputs.values()}, sort_keys=True)
        return File(f"{self.files[0].path.rsplit('/', 1)[0]}/{RECORD}", Secret(text))

    @property
    def shape(self) -> dict[str, str]:
        """Digest of each group of properties (image, mounts, …): kept as a label so that a plan can name the group."""
        groups: dict[str, object] = {
            "image": self.image_id or self.image,
            "command": (self.command, self.entrypoint, self.user),
            "environment": self.environment,
            "mounts": [(m.kind, m.source, m.target, m.read_only, m.propagation) for m in self.mounts],
            "rights": (self.capabilities, self.devices, self.security, self.host_pid, self.cgroup_host, self.sysctls),
            "network": (self.network, [(a.network, a.address) for a in self.attachments], self.hostname),
            "health check": self.healthcheck,
            "weight": self.weight,
            "followed": self.followed,
        }
        return {
            name: hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
            for name, value in groups.items()
        }

    @property
    def digest(self) -> str:
        """One hash over shape and files: equal digests mean that nothing need be done."""
        whole = json.dumps([self.shape, self.file_digests], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()[:24]

    def labels(self, cloud: str) -> dict[str, str]:
        """Return the labels that make the container recognisable and comparable later. They hold no secret."""
        return {
            LABEL + "cloud": cloud,
            LABEL + "service": self.service,
            LABEL + "node": self.node,
            LABEL + "container": self.short,
            LABEL + "kind": "job" if self.job else "container",
            LABEL + "hash": self.digest,
            LABEL + "files": json.dumps(self.file_digests, sort_keys=True),
            LABEL + "shape": json.dumps(self.shape, sort_keys=True),
            LABEL + "dests": json.dumps({file.path: file.dest for file in self.files if file.dest}, sort_keys=True),
            LABEL + "inputs": json.dumps({one.name: one.value for one in self.inputs.values()}, sort_keys=True),
            **{LABEL + key: value for key, value in self.notes},
        }


@dataclass(frozen=True, slots=True)
class Setup:
    """How a container is really set up, whatever its labels say. ``environment`` includes the image's.

    ``network`` is the id or name of what it is joined to (``container:3f…``); ``attached`` pairs a network's name with
    the address there. ``privileged`` is what none of ours is.
    """

    environment: frozenset[str] = frozenset()
    mounts: tuple[Mount, ...] = ()
    capabilities: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    user: str = ""
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    network: str = ""
    attached: tuple[tuple[str, str], ...] = ()
    host_pid: bool = False
    privileged: bool = False
    restart: str = ""


@dataclass(frozen=True, slots=True)
class ContainerState:
    """A container as found. ``status``: created, running, paused, restarting, exited, dead. Times: epoch seconds.

    ``health``: healthy, unhealthy, starting, or empty when the engine has no check. ``engine_id`` is the engine's id.
    ``setup`` is None, and ``stamps`` empty, where nobody looked. ``stamps`` maps the path of each configuration file to
    its time of change, 0 for one that is missing; ``edited`` are paths whose copy in use was changed by somebody.
    ``error`` is what the engine noted of its last start; ``checked`` its last check: when it ended, whether it held,
    and what it said.
    """

    name: str
    engine_id: str
    image: str
    image_id: str
    labels: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    health: str = ""
    exit_code: int | None = None
    created: float = 0.0
    started: float = 0.0
    finished: float = 0.0
    restarts: int = 0
    pid: int = 0
    ports: tuple[str, ...] = ()
    setup: Setup | None = None
    stamps: Mapping[str, int] = field(default_factory=dict)
    edited: tuple[str, ...] = ()
    oom_killed: bool = False
    error: str = ""
    checked: tuple[float, bool, str] | None = None

    @property
    def short(self) -> str:
        """The Kolla name, or the engine's name for a container that is not ours."""
        return self.labels.get(LABEL + "container", self.name)

    @property
    def digest(self) -> str:
        """The hash it was made from."""
        return self.labels.get(LABEL + "hash", "")
