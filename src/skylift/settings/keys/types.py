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
        return IPv4Address(str(value).strip())
    except ValueError:
        raise ValueError(f"must be an IPv4 address like 172.24.4.1, and {value} is none") from None


def _addresses(value: Any) -> Any:
    items = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(_address(item) for item in items if str(item).strip())


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
    if not 8 <= network.prefixlen <= 28:
        raise ValueError("must have a prefix length from /8 to /28")
    return network


def _words(value: Any) -> Any:
    items = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(str(item).strip() for item in items if str(item).strip())


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Address = Annotated[IPv4Address, BeforeValidator(_address)]
Addresses = Annotated[tuple[IPv4Address, ...], BeforeValidator(_addresses)]
Network = Annotated[IPv4Network, BeforeValidator(_network)]
Range = Annotated[AddressRange, BeforeValidator(_range)]
