"""Facts about the machine, as read: the input of choosing networks and of the checks before a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network


@dataclass(frozen=True, slots=True)
class TakenRange:
    """Addresses that something else uses. ``what`` names it in the user's terms (``route via eth0``)."""

    network: IPv4Network
    what: str


@dataclass(frozen=True, slots=True)
class EngineObject:
    """Something the engine holds. ``kind``: container, network or volume. ``addresses``: a container's, IPv4.

    ``image`` is a container's image as it was asked for, ``bridge`` the interface that a network asked for by name.
    """

    kind: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    running: bool = False
    addresses: tuple[str, ...] = ()
    image: str = ""
    bridge: str = ""


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface of the machine; ``kind`` is its driver's (bridge, veth) or empty. Addresses: with prefix."""

    name: str
    kind: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockDevice:
    """A whole disk as the kernel shows it, and what was found on it, each in words. ``size`` in bytes.

    ``names`` are its paths; ``serial`` may be empty. ``uses`` say who has it open (a mount, swap, another device);
    ``content`` is what its first and last blocks tell: file systems, partitions, parts of larger things. ``osd`` is the
    UUID of the OSD of Ceph whose it is. ``unreadable`` says why nobody could look.
    """

    path: str
    size: int = 0
    names: tuple[str, ...] = ()
    serial: str = ""
    read_only: bool = False
    uses: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    osd: str = ""
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What the engine says of itself. ``data_root`` is a path on the engine's machine, ``api`` its API version.

    ``driver`` is that of its storage, ``kernel`` the release it runs on, ``parts`` are versions by name (runc).
    ``ahead`` is how many seconds its clock is ahead of ours, None where it does not tell the time.
    """

    name: str = ""
    version: str = ""
    api: str = ""
    data_root: str = ""
    architecture: str = ""
    driver: str = ""
    kernel: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    ahead: float | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """A TCP port that a program of the machine itself listens on; ``address`` 0.0.0.0 stands for all of them."""

    address: str
    port: int
    program: str = ""


@dataclass(frozen=True, slots=True)
class HostNode:
    """A node that is a host: what it is to lend to the cloud. Contained nodes have none of it.

    ``external`` is the interface that becomes part of the external bridge, ``address`` where its services listen.
    """

    name: str
    address: str
    external: str


@dataclass(frozen=True, slots=True)
class HostFacts:
    """The machine at one moment. Sizes in bytes, ``clock`` in epoch seconds; None where it could not be read.

    ``rules`` are the lines of the packet filter that name an interface of a Skylift cloud, ``foreign_rules`` what other
    deployments of OpenStack have there; ``nat_by_engine`` tells whether the engine's own address translation is in
    place. ``default_routes`` are the interfaces that have one, ``ssh`` the address that this session came in by.
    ``name`` is the machine's, ``resolves_to`` what it is looked up as; ``unresolved`` maps hosts that packages come
    from, and that do not exist, to the place that names them. ``synchronised``: the kernel's word on its clock.
    ``virt`` is what the trial of KVM found (kvm or qemu) and why, empty where none was made.
    """

    engine: EngineFacts = EngineFacts()
    objects: tuple[EngineObject, ...] = ()
    taken: tuple[TakenRange, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    architecture: str = ""
    kernel: str = ""
    cpus: int = 1
    memory: int = 0
    memory_available: int | None = None
    disk_free: int | None = None
    clock: float = 0.0
    tun: bool | None = None
    namespaces: bool | None = None
    bridging: bool | None = None
    forwarding: bool | None = None
    nat_by_engine: bool | None = None
    rules: tuple[str, ...] = ()
    features: frozenset[str] | None = None
    """Parts of the kernel that some settings need, by the names of ``observed/features.py``."""
    devices: tuple[BlockDevice, ...] = ()
    """Disks, where somebody wanted to know."""
    inodes_free: int | None = None
    foreign_rules: tuple[str, ...] = ()
    namespaces_named: tuple[str, ...] = ()
    default_routes: frozenset[str] | None = None
    ssh: str = ""
    name: str = ""
    resolves_to: tuple[str, ...] | None = None
    unresolved: Mapping[str, str] = field(default_factory=dict)
    listening: tuple[Listener, ...] = ()
    synchronised: bool | None = None
    python: tuple[int, ...] = ()
    virt: tuple[str, str] = ("", "")
