"""Traces of what else runs on this machine: named network namespaces, ports that are listened on, the ssh session."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from skylift.model.host import Listener

LISTEN = "0A"
"""TCP_LISTEN of linux/tcp_states.h, as /proc/net/tcp writes it."""
NAMESPACES = "run/netns"


def namespaces_named(root: Path = Path("/")) -> tuple[str, ...]:
    """Return the names of network namespaces, as ``ip netns`` makes them."""
    try:
        return tuple(sorted(path.name for path in (root / NAMESPACES).iterdir()))
    except OSError:
        return ()


def ssh_address(environment: Mapping[str, str]) -> str:
    """Return the address of this machine that the ssh session came in by; empty where there is none."""
    words = environment.get("SSH_CONNECTION", "").split()
    return words[2] if len(words) == 4 else ""


def listening(root: Path = Path("/")) -> tuple[Listener, ...]:
    """Return the TCP ports that are listened on in this network namespace, in order.

    Who listens is not looked for: that takes a walk through all processes. An IPv6 socket of all addresses takes
    connections to IPv4 ones as well, so it counts as 0.0.0.0; other IPv6 addresses are left out.
    """
    found = {*_sockets(root / "proc/net/tcp"), *_sockets(root / "proc/net/tcp6")}
    return tuple(sorted(found, key=lambda one: (one.port, one.address)))


def own_name() -> tuple[str, tuple[str, ...] | None]:
    """Return the machine's name and the IPv4 addresses it is looked up as; None where it does not exist.

    Blocks as long as the resolver does.
    """
    name = socket.gethostname()
    try:
        entries = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    except socket.gaierror:
        return name, None
    return name, tuple(sorted({str(entry[4][0]) for entry in entries}))


def _sockets(path: Path) -> Iterator[Listener]:
    with suppress(OSError):
        for line in path.read_text(errors="replace").splitlines()[1:]:
            words = line.split()
            if len(words) > 3 and words[3] == LISTEN:
                address, _, port = words[1].partition(":")
                with suppress(ValueError):
                    if len(address) == 8:
                        # The kernel prints the four bytes as one number of the machine.
                        yield Listener(socket.inet_ntoa(struct.pack("=I", int(address, 16))), int(port, 16))
                    elif not address.strip("0"):
                        yield Listener("0.0.0.0", int(port, 16))  # noqa: S104 - a name, nothing is bound
