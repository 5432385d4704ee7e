"""What every check may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from skylift.model.cloud import Cloud
from skylift.model.container import LABEL
from skylift.model.host import EngineObject, HostFacts, HostNode
from skylift.model.problem import Problem
from skylift.model.service import KernelNeed

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Storage:
    """What Ceph is to write to: ``devices`` as the settings (``where``) name them, else a file of ``file_bytes``.

    The file counts only while it is to be made. ``ours`` are UUIDs of its OSDs that are there already, ``wiped`` what
    may be destroyed: paths and serial numbers.
    """

    devices: tuple[str, ...] = ()
    wiped: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    file_bytes: int = 0
    where: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The machine as it is and what the run is about to make on it. Plain data, so that checks need no engine.

    ``containers`` and ``volumes`` are the engine's names that the cloud will use. ``images_present`` tells whether
    every image is there already; ``build_images`` whether missing ones are built here (they take more disk than
    pulled ones). ``where`` maps a network's purpose, or a key, to the setting it came from, where it was set at all.
    """

    cloud: Cloud
    host: HostFacts
    containers: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    images_present: bool = False
    build_images: bool = True
    where: Mapping[str, str] = field(default_factory=dict)
    storage: Storage | None = None
    kernel: tuple[KernelNeed, ...] = ()
    """What the settings need of the kernel."""
    memory_mib: int = 0
    """What the services that are on take when idle, by their declarations."""
    images: tuple[Problem, ...] = ()
    """Why images of the plan cannot be had."""
    image_count: int = 0
    registry: str = ""
    kvm_asked: str = ""
    """The place of the setting that asks for KVM, empty where none does."""
    hosts: tuple[HostNode, ...] = ()
    """Nodes that are hosts. This version deploys contained nodes only, of which nothing here is asked."""
    ports: tuple[int, ...] = ()
    """The ports that the services' checks tell of."""
    guest_networks: Mapping[str, IPv4Network] = field(default_factory=dict)
    """Subnets that guests are on, behind a router, by the key that sets them."""

    @property
    def own_objects(self) -> tuple[EngineObject, ...]:
        """What the engine holds of this cloud."""
        return tuple(one for one in self.host.objects if one.labels.get(LABEL + "cloud") == self.cloud.name)

    @property
    def bridges(self) -> frozenset[str]:
        """The interfaces that this cloud's networks make on the machine."""
        return frozenset(network.bridge for network in self.cloud.networks)

    @property
    def missing_share(self) -> float:
        """The share of the cloud's containers that do not run yet, 0.0 to 1.0."""
        if not self.containers:
            return 1.0
        there = {
            one.name
            for one in self.own_objects
            # A job that has ended is all that is wanted of it.
            if one.kind == "container" and (one.running or one.labels.get(LABEL + "kind") == "job")
        }
        return 1.0 - len(self.containers & there) / len(self.containers)


def size(number: float) -> str:
    """Return a size in GiB with one digit, as the details of problems show it."""
    return f"{number / GIB:.1f} GiB"
