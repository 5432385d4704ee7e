"""Ask the kernel for routes, addresses, links and generic families over netlink: no tool need be installed.

Sources: linux/netlink.h, linux/rtnetlink.h, linux/genetlink.h, linux/if_link.h.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

NETLINK_ROUTE, NETLINK_GENERIC = 0, 16
NLM_REQUEST, NLM_DUMP = 0x1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
RTM_NEWLINK, RTM_GETLINK, RTM_NEWADDR, RTM_GETADDR, RTM_NEWROUTE, RTM_GETROUTE = 16, 18, 20, 22, 24, 26
RTA_DST, RTA_OIF, RTA_GATEWAY = 1, 4, 5
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFLA_IFNAME, IFLA_LINKINFO, IFLA_INFO_KIND = 3, 18, 1
RTN_LOCAL, RTN_BROADCAST, RTN_MULTICAST = 2, 3, 5
GENL_CONTROLLER, CTRL_GETFAMILY, CTRL_FAMILY_NAME = 16, 3, 2
TIMEOUT = 2.0
HEADER = struct.Struct("=IHHII")
ATTRIBUTE = struct.Struct("=HH")


@dataclass(frozen=True, slots=True)
class Link:
    """A network interface; ``kind`` is the driver's (bridge, veth, tun) or empty."""

    index: int
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """An IPv4 address with its prefix, on the interface of this index."""

    index: int
    address: IPv4Address
    prefix: int


@dataclass(frozen=True, slots=True)
class Route:
    """A route of any table to ``network``; ``index`` is the interface it leaves by, 0 for none (blackhole)."""

    network: IPv4Network
    index: int
    gateway: IPv4Address | None = None


def links() -> tuple[Link, ...]:
    """Return the interfaces of this network namespace. Raises OSError."""
    found = []
    for body in _dump(RTM_GETLINK, RTM_NEWLINK, struct.pack("=BBHiII", 0, 0, 0, 0, 0, 0)):
        attributes = dict(parse_attributes(body[16:]))
        kind = dict(parse_attributes(attributes.get(IFLA_LINKINFO, b""))).get(IFLA_INFO_KIND, b"")
        (index,) = struct.unpack_from("=i", body, 4)
        found.append(Link(index, _text(attributes.get(IFLA_IFNAME, b"")), _text(kind)))
    return tuple(found)


def addresses() -> tuple[Address, ...]:
    """Return the IPv4 addresses of this network namespace. Raises OSError."""
    found = []
    for body in _dump(RTM_GETADDR, RTM_NEWADDR, struct.pack("=BBBBI", socket.AF_INET, 0, 0, 0, 0)):
        attributes = dict(parse_attributes(body[8:]))
        raw = attributes.get(IFA_LOCAL) or attributes.get(IFA_ADDRESS)
        if raw is not None and len(raw) == 4:
            (index,) = struct.unpack_from("=I", body, 4)
            found.append(Address(index, IPv4Address(raw), body[1]))
    return tuple(found)


def routes() -> tuple[Route, ...]:
    """Return the IPv4 routes of all tables but default routes and the kernel's broadcast entries. Raises OSError."""
    request = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, 0, 0, 0, 0, 0)
    found = []
    for body in _dump(RTM_GETROUTE, RTM_NEWROUTE, request):
        length, type_ = body[1], body[7]
        attributes = dict(parse_attributes(body[12:]))
        target = attributes.get(RTA_DST)
        if target is None or length == 0 or type_ in (RTN_BROADCAST, RTN_MULTICAST, RTN_LOCAL):
            continue
        gateway = attributes.get(RTA_GATEWAY)
        (index,) = struct.unpack("=I", attributes.get(RTA_OIF, bytes(4)))
        found.append(
            Route(
                IPv4Network((IPv4Address(target), length), strict=False),
                index,
                IPv4Address(gateway) if gateway is not None and len(gateway) == 4 else None,
            )
        )
    return tuple(found)


def default_routes() -> frozenset[int]:
    """Return the indices of the interfaces that an IPv4 default route of any table leaves by. Raises OSError."""
    request = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, 0, 0, 0, 0, 0)
    found = set()
    for body in _dump(RTM_GETROUTE, RTM_NEWROUTE, request):
        attributes = dict(parse_attributes(body[12:]))
        if body[1] == 0 and RTA_OIF in attributes:
            (index,) = struct.unpack("=I", attributes[RTA_OIF])
            found.add(index)
    return frozenset(found)


def generic_family(name: str) -> int | None:
    """Return the error number with which the kernel refuses the generic family ``name``, or None when it has it.

    The lookup makes the kernel load the module that offers the family where there is one, so this tries for real.
    Raises OSError when netlink itself fails.
    """
    attribute = _attribute(CTRL_FAMILY_NAME, name.encode() + b"\0")
    body = struct.pack("=BBH", CTRL_GETFAMILY, 1, 0) + attribute
    for type_, answer in _talk(NETLINK_GENERIC, GENL_CONTROLLER, NLM_REQUEST, body):
        if type_ == NLMSG_ERROR:
            (code,) = struct.unpack_from("=i", answer)
            return -int(code)
        return None
    return None


def parse_attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and payload of each attribute; what is malformed ends the walk."""
    offset = 0
    while offset + ATTRIBUTE.size <= len(data):
        length, type_ = ATTRIBUTE.unpack_from(data, offset)
        if length < ATTRIBUTE.size or offset + length > len(data):
            return
        # The upper two bits are flags (nested, byte order).
        yield type_ & 0x3FFF, data[offset + ATTRIBUTE.size : offset + length]
        offset += length + 3 & ~3


def _attribute(type_: int, payload: bytes) -> bytes:
    length = ATTRIBUTE.size + len(payload)
    return ATTRIBUTE.pack(length, type_) + payload + bytes(-length % 4)


def _dump(request: int, wanted: int, body: bytes) -> Iterator[bytes]:
    for type_, answer in _talk(NETLINK_ROUTE, request, NLM_REQUEST | NLM_DUMP, body):
        if type_ == NLMSG_ERROR:
            (code,) = struct.unpack_from("=i", answer)
            raise OSError(-code, "the kernel refused a netlink request")
        if type_ == wanted:
            yield answer


def _talk(protocol: int, type_: int, flags: int, body: bytes) -> Iterator[tuple[int, bytes]]:
    """Send one request and yield type and payload of the answers: all of a dump, else the first."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol) as link:
        link.settimeout(TIMEOUT)
        link.bind((0, 0))
        link.sendto(HEADER.pack(HEADER.size + len(body), type_, flags, 1, 0) + body, (0, 0))
        while True:
            data = link.recv(1 << 18)
            offset = 0
            while offset + HEADER.size <= len(data):
                length, kind, *_ = HEADER.unpack_from(data, offset)
                if kind == NLMSG_DONE or length < HEADER.size:
                    return
                yield kind, data[offset + HEADER.size : offset + length]
                offset += length + 3 & ~3
            if not flags & NLM_DUMP:
                return


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode(errors="replace")
