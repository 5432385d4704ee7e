"""What a cloud holds from the start: networks, a router, rules, flavors, a key pair, guest images. Pure.

Names and values are those of Kolla-Ansible's init-runonce where it has them, so that its examples fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skylift.desired.addresses import neutron_range
from skylift.desired.networks import ExternalWish
from skylift.model.cloud import Cloud
from skylift.model.desired import Resource

if TYPE_CHECKING:
    from skylift.settings.settings import Settings

# id, MiB of memory, GiB of disk, processors. m1.nano is DevStack's, with room for the guest image skylift-tiny.
FLAVORS = {
    "m1.nano": ("42", 128, 1, 1),
    "m1.tiny": ("1", 512, 1, 1),
    "m1.small": ("2", 2048, 20, 1),
    "m1.medium": ("3", 4096, 40, 2),
    "m1.large": ("4", 8192, 80, 4),
    "m1.xlarge": ("5", 16384, 160, 8),
    "m2.tiny": ("6", 512, 1, 2),
}

PROOF_FLAVOR = "m1.nano"
"""What proofs start guests with: enough for the guest image, and the least memory."""

# Heat's signals come in at 8000; 8080 is what Kolla's examples serve at.
RULES = ("icmp", "tcp:22", "tcp:80", "tcp:443", "tcp:8000", "tcp:8080")

NEUTRON = ("neutron", "ovn")
CEPH = "enable_ceph"
"""The key while which images may be in Glance's store ``rbd`` (services/glance/templates/glance-api.conf.j2)."""


@dataclass(frozen=True, slots=True)
class GuestImage:
    """An image to register: its file, and a ``digest`` that changes when, and only when, the content does.

    ``properties`` may hold references to other images: ``{"ref": "image/skylift-tiny-kernel"}``.
    """

    name: str
    path: Path
    digest: str
    disk_format: str
    container_format: str
    min_ram: int = 0
    min_disk: int = 0
    properties: Mapping[str, Any] = field(default_factory=dict)


def guest_images(description: Mapping[str, Any], folder: Path, digest: str) -> tuple[GuestImage, ...]:
    """Return the images that a guest image's ``properties.json`` describes; their files are, or will be, in ``folder``.

    ``digest`` identifies what the files were built from.
    """
    return tuple(
        GuestImage(
            image["name"],
            folder / image["file"],
            digest,
            image["disk_format"],
            image["container_format"],
            image.get("min_ram", 0),
            image.get("min_disk", 0),
            {
                **image["properties"],
                **{f"{part}_id": {"ref": f"image/{image[part]}"} for part in ("kernel", "ramdisk") if part in image},
            },
        )
        for image in description["images"]
    )


def initial_resources(
    settings: Settings, cloud: Cloud, ssh_public_key: str, images: Sequence[GuestImage]
) -> tuple[Resource, ...]:
    """Return the initial resources, each with what it needs to be there before it; none where settings say so.

    ``ssh_public_key`` is one line, empty for no key pair. ``cloud`` has its external network chosen already.
    """
    if not settings.skylift_initial_resources:
        return ()
    return (
        *_external(settings, cloud),
        *_demo(settings),
        Resource("security_group", "default", {"rules": RULES}, ("neutron",)),
        *_flavors(),
        *_keypair(ssh_public_key),
        *(_image(image, ("file", "rbd") if getattr(settings, CEPH, False) else ("file",)) for image in images),
    )


def external_wish(settings: Settings) -> ExternalWish:
    """Return what the settings say of the external network, for the choice of the engine's networks."""
    addresses = settings.EXT_NET_RANGE
    return ExternalWish(
        settings.EXT_NET_GATEWAY,
        addresses.first if addresses else None,
        addresses.last if addresses else None,
        settings.source("EXT_NET_GATEWAY"),
        settings.source("EXT_NET_RANGE"),
    )


def _external(settings: Settings, cloud: Cloud) -> Iterator[Resource]:
    network = cloud.network("external")
    first, last = neutron_range(network, external_wish(settings))
    yield Resource(
        "network",
        "public1",
        {"external": True, "network_type": "flat", "physical_network": settings.neutron_physnet},
        NEUTRON,
        _source(settings, "neutron_physical_networks"),
    )
    yield Resource(
        "subnet",
        "public1-subnet",
        {
            "network": {"ref": "network/public1"},
            "cidr": str(network.subnet),
            "gateway_ip": str(network.gateway),
            "enable_dhcp": False,
            "allocation_pools": (f"{first}-{last}",),
        },
        ("network/public1",),
        _source(settings, "EXT_NET_CIDR", "skylift_external_cidr", "EXT_NET_RANGE", "EXT_NET_GATEWAY"),
    )


def _demo(settings: Settings) -> Iterator[Resource]:
    cidr: IPv4Network = settings.DEMO_NET_CIDR
    gateway: IPv4Address = settings.DEMO_NET_GATEWAY or cidr[1]
    yield Resource("network", "demo-net", {}, NEUTRON)
    yield Resource(
        "subnet",
        "demo-subnet",
        {
            "network": {"ref": "network/demo-net"},
            "cidr": str(cidr),
            "gateway_ip": str(gateway),
            "enable_dhcp": True,
            "allocation_pools": _around(cidr, gateway),
            "dns_nameservers": tuple(map(str, settings.DEMO_NET_DNS)),
        },
        ("network/demo-net",),
        _source(settings, "DEMO_NET_CIDR", "DEMO_NET_GATEWAY", "DEMO_NET_DNS"),
    )
    yield Resource(
        "router",
        "demo-router",
        {"gateway": {"ref": "network/public1"}, "subnets": ({"ref": "subnet/demo-subnet"},)},
        ("network/public1", "subnet/public1-subnet", "subnet/demo-subnet"),
    )


def _around(cidr: IPv4Network, gateway: IPv4Address) -> tuple[str, ...]:
    """Return the pools Neutron would make itself; written out, because it does not make them anew for a new gateway."""
    spans = ((cidr[1], gateway - 1), (gateway + 1, cidr[-2]))
    return tuple(sorted(f"{first}-{last}" for first, last in spans if first <= last))


def _flavors() -> Iterator[Resource]:
    for name, (identity, ram, disk, vcpus) in FLAVORS.items():
        yield Resource("flavor", name, {"id": identity, "ram": ram, "disk": disk, "vcpus": vcpus}, ("nova",))


def _keypair(public_key: str) -> Iterator[Resource]:
    if public_key.strip():
        # Type and key: the comment behind them says nothing to Nova.
        bare = " ".join(public_key.split()[:2])
        yield Resource("keypair", "mykey", {"public_key": bare}, ("nova",))


def _image(image: GuestImage, stores: tuple[str, ...]) -> Resource:
    others = tuple(value["ref"] for value in image.properties.values() if isinstance(value, Mapping))
    values = {
        "path": str(image.path),
        "digest": image.digest,
        "disk_format": image.disk_format,
        "container_format": image.container_format,
        "min_ram": image.min_ram,
        "min_disk": image.min_disk,
        "visibility": "public",
        "stores": stores,
        "properties": dict(image.properties),
    }
    return Resource("image", image.name, values, ("glance", *others))


def _source(settings: Settings, *keys: str) -> str:
    """Return the place of the first of these keys that is set."""
    return next((source for key in keys if (source := settings.source(key)) != "default"), "default")
