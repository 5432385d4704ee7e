"""A network for one guest: a tap device, a DHCP server and a metadata service, on the standard library alone.

The DHCP server answers as OVN does: an MTU, classless routes with the way to the metadata
address. Everything lives in the container's own network namespace.
"""

from __future__ import annotations

import fcntl
import http.server
import ipaddress
import os
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

HOST, GUEST, PREFIX, MTU = "10.1.0.1", "10.1.0.5", 24, 1442
METADATA = "169.254.169.254"
_TUNSETIFF, _IFF_TAP, _IFF_NO_PI, _IFF_VNET_HDR = 0x400454CA, 0x0002, 0x1000, 0x4000


def open_tap(name: str = "tap0") -> int:
    """Create the tap device with the addresses of host and metadata service; its descriptor is for QEMU."""
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TAP | _IFF_NO_PI | _IFF_VNET_HDR))
    for command in (
        ["link", "set", "lo", "up"],
        ["address", "add", f"{HOST}/{PREFIX}", "dev", name],
        ["address", "add", f"{METADATA}/32", "dev", name],
        ["link", "set", name, "up"],
    ):
        subprocess.run(["ip", *command], check=True)
    return tap


def _option(code: int, value: bytes) -> bytes:
    return bytes([code, len(value)]) + value


def _route(destination: str, gateway: str) -> bytes:
    """One classless static route in the form of RFC 3442."""
    network = ipaddress.IPv4Network(destination)
    significant = (network.prefixlen + 7) // 8
    return (
        bytes([network.prefixlen])
        + network.network_address.packed[:significant]
        + ipaddress.IPv4Address(gateway).packed
    )


class DhcpServer(threading.Thread):
    """Hands out one address; remembers what the client asked for."""

    def __init__(self, device: str = "tap0") -> None:
        super().__init__(daemon=True)
        self.requested_options: list[int] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        self._socket.bind(("0.0.0.0", 67))  # noqa: S104  a client without an address sends to all

    def run(self) -> None:
        while True:
            self._answer(self._socket.recv(2048))

    def _answer(self, packet: bytes) -> None:
        options, position = {}, 240
        while position < len(packet) and packet[position] != 255:
            if packet[position] == 0:
                position += 1
                continue
            length = packet[position + 1]
            options[packet[position]] = packet[position + 2 : position + 2 + length]
            position += 2 + length
        kind = options.get(53, b"\0")[0]
        if kind not in (1, 3):  # discover, request
            return
        self.requested_options = list(options.get(55, b""))
        host, guest = socket.inet_aton(HOST), socket.inet_aton(GUEST)
        routes = _route(f"{METADATA}/32", HOST) + _route("0.0.0.0/0", HOST) + _route("10.2.0.0/16", "10.1.0.9")
        reply = (
            struct.pack("!BBBB4s2s2s", 2, 1, 6, 0, packet[4:8], b"\0\0", packet[10:12])
            + bytes(4) + guest + host + bytes(4) + packet[28:44] + bytes(192) + bytes.fromhex("63825363")
            + _option(53, bytes([2 if kind == 1 else 5]))
            + _option(54, host)
            + _option(51, struct.pack("!I", 43200))
            + _option(1, socket.inet_aton(str(ipaddress.IPv4Network(f"0.0.0.0/{PREFIX}").netmask)))
            + _option(3, socket.inet_aton("10.1.0.77"))  # must lose against option 121
            + _option(6, host)
            + _option(26, struct.pack("!H", MTU))
            + _option(121, routes)
            + b"\xff"
        )  # fmt: skip
        self._socket.sendto(reply, ("255.255.255.255", 68))


@dataclass
class Metadata:
    """What the metadata service says, and when: `silent_for` seconds of 404 and 500 answers come first."""

    documents: dict[str, str] = field(default_factory=dict)
    silent_for: float = 0.0
    requests: list[tuple[float, str, int]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body for a request; None of the documents' names starts with a slash."""
        age = time.monotonic() - self.started
        if age < self.silent_for:
            status, body = (404 if len(self.requests) % 2 else 500), b"not yet\n"
        elif path.lstrip("/") in self.documents:
            status, body = 200, self.documents[path.lstrip("/")].encode()
        else:
            status, body = 404, b"not found\n"
        self.requests.append((age, path, status))
        return status, body


def serve_metadata(answer: Callable[[str], tuple[int, bytes]]) -> http.server.ThreadingHTTPServer:
    """Serve on port 80 of the metadata address until `shutdown()`; `answer` maps a path to status and body."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: the requests are recorded."""

    server = http.server.ThreadingHTTPServer((METADATA, 80), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
