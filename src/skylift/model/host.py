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
    """Something the engine holds. ``kind``: container, network or volume. ``addresses``: a container's, IPv4."""

    kind: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    running: bool = False
    addresses: tuple[str, ...] = ()


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
    """What the engine says of itself. ``data_root`` is a path on the engine's machine, ``api`` its API version."""

    name: str = ""
    version: str = ""
    api: str = ""
    data_root: str = ""
    architecture: str = ""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """The machine at one moment. Sizes in bytes, ``clock`` in epoch seconds; None where it could not be read.

    ``rules`` are the lines of the packet filter that name an interface of a Skylift cloud; ``nat_by_engine`` tells
    whether the engine's own address translation is in place.
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
