"""Floating IPs and guests' way out need a kernel that forwards packets, and an engine that translates addresses."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem


def check(context: Context) -> Problem | None:
    """Refuse a machine that does not forward, or whose engine was told to keep off the packet filter."""
    if context.host.forwarding is False:
        return Problem(
            code="no-forwarding",
            summary="The machine does not forward packets between its networks",
            detail="net.ipv4.ip_forward is 0: the container engine sets it to 1 at its start, unless told otherwise",
            fix="sysctl -w net.ipv4.ip_forward=1, and see what sets it to 0: grep -r ip_forward /etc/sysctl*",
            where="/proc/sys/net/ipv4/ip_forward",
        )
    if context.host.nat_by_engine is False:
        return Problem(
            code="no-nat",
            summary="The container engine does not translate addresses",
            detail="none of its rules are in the packet filter, so containers and guests would not reach the outside",
            fix='Remove "iptables": false from /etc/docker/daemon.json if it is there, and restart the engine.',
        )
    return None


def looked(context: Context) -> str:
    """Tell of both switches."""
    words = {True: "on", False: "off", None: "not known to this user"}
    return f"forwarding is {words[context.host.forwarding]}, the engine's NAT is {words[context.host.nat_by_engine]}"
