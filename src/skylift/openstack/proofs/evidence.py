"""What there is to see when a guest does not do what it should. Never raises: evidence is a gift."""

from __future__ import annotations

from typing import Any

from skylift.model.problem import Problem
from skylift.openstack.proofs.bench import PREFIX, Bench, Guest
from skylift.openstack.proofs.proof import Unproven


def fault(server: dict[str, Any]) -> str:
    """Return what Nova noted as the cause of a guest's ERROR."""
    noted = server.get("fault") or {}
    return str(noted.get("message") or "Nova noted no cause")


async def guests(bench: Bench) -> tuple[str, ...]:
    """Return a line for each guest and port as the APIs see them, and for what should serve them and does not."""
    lines: list[str] = []
    try:
        for service in await bench.list("compute", "/os-services", "services"):
            if service["state"] != "up" or service["status"] != "enabled":
                where = f"{service['binary']} on {service['host']}"
                lines.append(f"nova: {where} is {service['state']} and {service['status']}")
        for agent in await bench.list("network", "/v2.0/agents", "agents"):
            if not agent["alive"]:
                lines.append(f"neutron: {agent['agent_type']} on {agent['host']} is down")
        for server in await bench.list("compute", "/servers/detail", "servers", name=f"^{PREFIX}"):
            task = server.get("OS-EXT-STS:task_state") or "no task"
            reason = f", {fault(server)}" if server["status"] == "ERROR" else ""
            lines.append(f"nova: {server['name']} {server['status']}, {task}{reason}")
        for port in await bench.list("network", "/v2.0/ports", "ports", network_id=bench.made.network):
            if port["name"].startswith(PREFIX):
                binding = port.get("binding:vif_type", "unknown")
                lines.append(f"neutron: port {port['name']} {port['status']}, binding {binding}")
    except Problem as problem:
        lines.append(problem.detail or problem.summary)
    return tuple(lines)


async def console(bench: Bench, guest: Guest, length: int = 6) -> tuple[str, ...]:
    """Return the last lines of a guest's console."""
    try:
        text = await console_text(bench, guest, length + 4)
    except Problem as problem:
        return (f"console of {guest.name}: {problem.detail or problem.summary}",)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return tuple(f"console of {guest.name}: {line[:160]}" for line in lines[-length:]) or (
        f"console of {guest.name}: empty",
    )


async def console_text(bench: Bench, guest: Guest, length: int | None = None) -> str:
    """Return a guest's console, or its last ``length`` lines. Raises ApiProblem."""
    body: dict[str, Any] = {"os-getConsoleOutput": {"length": length} if length else {}}
    answer = await bench.post("compute", f"/servers/{guest.id}/action", body)
    return str(answer["output"])


async def add(bench: Bench, failure: Unproven, *guests_seen: Guest) -> Unproven:
    """Return the failure with what the APIs and the consoles of these guests say."""
    failure.evidence += await guests(bench)
    for guest in guests_seen:
        failure.evidence += await console(bench, guest)
    return failure
