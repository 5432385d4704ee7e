"""Kernel features without which guests have no network."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem


def check(context: Context) -> Problem | None:
    """Refuse a kernel without network namespaces, bridges or tun devices; what could not be found out passes."""
    host = context.host
    missing = [
        text
        for found, text in (
            (host.namespaces, "network namespaces (CONFIG_NET_NS)"),
            (host.bridging, "bridges (CONFIG_BRIDGE)"),
            (host.tun, "tun devices (CONFIG_TUN, /dev/net/tun)"),
        )
        if found is False
    ]
    if not missing:
        return None
    return Problem(
        code="kernel-features",
        summary="The kernel lacks features that the cloud's network needs",
        detail=f"kernel {host.kernel} lacks " + ", ".join(missing),
        fix="modprobe -a tun bridge; where that fails, boot the distribution's own kernel.",
    )


def looked(context: Context) -> str:
    """Name the features."""
    host = context.host
    seen = {"network namespaces": host.namespaces, "bridges": host.bridging, "tun": host.tun}
    return f"kernel {host.kernel}: " + ", ".join(
        name if there else f"{name} (not tried)" for name, there in seen.items() if there is not False
    )
