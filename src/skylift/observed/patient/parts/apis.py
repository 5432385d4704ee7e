"""APIs, each asked a real question; and the agents that some of the answers list."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from skylift.model.patient import ApiAnswer
from skylift.model.patient_cloud import Agent
from skylift.observed.patient.bed import Bed
from skylift.openstack.errors import ApiProblem

PART, SOURCE = "apis", "skylift openstack SERVICE list"


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``apis`` and ``agents``. Raises ApiProblem when keystone does not let us in."""
    await asyncio.shield(bed.entry)
    questions = [
        (service.name, endpoint.type, endpoint.question)
        for service in bed.services
        for endpoint in service.endpoints
        if endpoint.question
    ]
    found = await asyncio.gather(*(_ask(bed, *question) for question in questions))
    agents = [
        agent
        for (service, _, _), (_, body) in zip(questions, found, strict=True)
        if service in AGENTS and body is not None
        for agent in AGENTS[service](bed, body)
    ]
    return {"apis": tuple(answer for answer, _ in found), "agents": merged(agents)}


async def _ask(bed: Bed, service: str, kind: str, path: str) -> tuple[ApiAnswer, Any]:
    began = time.monotonic()
    url = f"{kind}{path}"
    try:
        body = await bed.call(bed.api.get, kind, path)
    except ApiProblem as problem:
        said = problem.message or problem.detail.partition(": ")[2] or problem.summary
        request = problem.detail.rpartition("request id: ")[2] if "request id: " in problem.detail else ""
        return (
            ApiAnswer(
                service,
                problem.where or url,
                problem.status,
                said,
                time.monotonic() - began,
                request.strip(),
            ),
            None,
        )
    return ApiAnswer(service, url, 200, "", time.monotonic() - began), body


def age(stamp: Any, now: float) -> float | None:
    """Return how long ago a time in UTC without a zone was (``2026-11-30T17:10:10.000000``), or None."""
    try:
        moment = datetime.fromisoformat(str(stamp).rstrip("Z")).replace(tzinfo=UTC)
    except ValueError:
        return None
    return max(0.0, now - moment.timestamp())


def _services(service: str, rows: Sequence[Mapping[str, Any]], bed: Bed) -> list[Agent]:
    """Return the agents of nova's, cinder's and heat's form of list."""
    return [
        Agent(
            service=service,
            binary=str(row["binary"]),
            host=str(row["host"]),
            up=row.get("state", row.get("status")) == "up",
            # Heat has no switch: its ``status`` is what others call ``state``.
            enabled=row.get("status") != "disabled",
            age=age(row.get("updated_at"), bed.now),
            reason=str(row.get("disabled_reason") or ""),
            container=bed.containers_of(str(row["binary"]), str(row["host"])),
            id=str(row.get("id") or row["host"]),
        )
        for row in rows
    ]


def _neutron(bed: Bed, body: Mapping[str, Any]) -> list[Agent]:
    return [
        Agent(
            service="neutron",
            binary=str(row["binary"]),
            host=str(row["host"]),
            up=bool(row["alive"]),
            enabled=bool(row["admin_state_up"]),
            age=age(row.get("heartbeat_timestamp"), bed.now),
            container=bed.containers_of(str(row["binary"]), str(row["host"])),
            id=str(row["id"]),
        )
        for row in body["agents"]
    ]


AGENTS: Mapping[str, Callable[[Bed, Mapping[str, Any]], list[Agent]]] = {
    "nova": lambda bed, body: _services("nova", body["services"], bed),
    "cinder": lambda bed, body: _services("cinder", body["services"], bed),
    "heat": lambda bed, body: _services("heat", body["services"], bed),
    "neutron": _neutron,
}


def merged(agents: Sequence[Agent]) -> tuple[Agent, ...]:
    """Return each agent once: one that was started anew leaves what it was before in the list for a while."""
    best: dict[tuple[str, str, str], Agent] = {}
    for agent in agents:
        key = (agent.service, agent.binary, agent.host)
        known = best.get(key)
        if known is None or (agent.up, -(agent.age or 0.0)) > (known.up, -(known.age or 0.0)):
            best[key] = agent
    return tuple(best.values())
