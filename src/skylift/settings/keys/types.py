"""Types of settings that are more than text and numbers, as they are written in YAML and in the environment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any

from pydantic import BeforeValidator


@dataclass(frozen=True, slots=True)
class AddressRange:
    """First and last address, both included."""

    first: IPv4Address
    last: IPv4Address

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last


_NOTHING = IPv4Network("0.0.0.0/8")
"""Addresses that stand for no host (RFC 1122, 3.2.1.3)."""

_DEVICE = re.compile(r"/dev/[^\s/]+(/[^\s/]+)*\Z")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*\Z")
_RANGE = re.compile(r"^\s*(?:start\s*=\s*)?([\d.]+)\s*(?:,\s*end\s*=\s*|\s*-\s*)([\d.]+)\s*$")


def _range(value: Any) -> Any:
    if isinstance(value, AddressRange):
        return value
    found = _RANGE.match(str(value))
    if not found:
        raise ValueError("must be a range like start=172.24.4.100,end=172.24.4.199 or 172.24.4.100-172.24.4.199")
    first, last = _address(found[1]), _address(found[2])
    if first > last:
        raise ValueError(f"the first address {first} comes after the last, {last}")
    return AddressRange(first, last)


def _address(value: Any) -> IPv4Address:
    try:
        address = IPv4Address(str(value).strip())
    except ValueError:
        raise ValueError(f"must be an IPv4 address like 172.24.4.1, and {value} is none") from None
    if address in _NOTHING or address.is_loopback or address.is_multicast or address.is_reserved:
        raise ValueError(f"must be an address that a host can have, and {address} is none")
    return address


def _addresses(value: Any) -> Any:
    return tuple(_address(item) for item in _items(value))


def _items(value: Any) -> list[str]:
    """Return the parts of a list, or of a text with commas. Raises ValueError for an empty one between others."""
    items = [str(item).strip() for item in (value if isinstance(value, list | tuple) else str(value).split(","))]
    if items == [""]:
        return []
    if "" in items:
        raise ValueError("must have something between its commas")
    if len(set(items)) < len(items):
        raise ValueError(f"must name each only once, and has {max(items, key=items.count)} twice")
    return items


def _network(value: Any) -> Any:
    text = str(value).strip()
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        raise ValueError("must be an IPv4 network like 172.24.4.0/24") from None
    if "/" not in text:
        raise ValueError(f"must have a prefix length: {text}/24")
    if IPv4Address(text.split("/")[0]) != network.network_address:
        raise ValueError(f"must be the network's own address: {network}")
    if network.is_loopback or network.is_multicast or network.is_link_local or network.is_reserved:
        raise ValueError("must not be a loopback, link-local, multicast or reserved network")
    if network.overlaps(_NOTHING):
        raise ValueError(f"must not lie in {_NOTHING}, which is not for hosts")
    if not 8 <= network.prefixlen <= 28:
        raise ValueError("must have a prefix length from /8 to /28")
    return network


def _words(value: Any) -> Any:
    return tuple(_items(value))


def _devices(value: Any) -> Any:
    found = tuple(_items(value))
    for path in found:
        if not _DEVICE.match(path):
            raise ValueError(f"must be paths of block devices like /dev/sdb, and {path} is none")
    return found


def _registry(value: Any) -> Any:
    text = str(value)
    port = text.rpartition(":")[2] if ":" in text else "1"
    if text and not (_HOST.match(text.partition(":")[0]) and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("must be host or host:port, without http:// and without a path")
    return text


def _domain(value: Any) -> Any:
    text = str(value)
    if len(text) > 253 or not _HOST.match(text.removesuffix(".")):
        raise ValueError("must be a domain name")
    return text


Registry = Annotated[str, BeforeValidator(_registry)]
Domain = Annotated[str, BeforeValidator(_domain)]
Devices = Annotated[tuple[str, ...], BeforeValidator(_devices)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Address = Annotated[IPv4Address, BeforeValidator(_address)]
Addresses = Annotated[tuple[IPv4Address, ...], BeforeValidator(_addresses)]
Network = Annotated[IPv4Network, BeforeValidator(_network)]
Range = Annotated[AddressRange, BeforeValidator(_range)]
