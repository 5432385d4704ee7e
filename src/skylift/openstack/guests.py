"""What users have in the cloud, to show before it is removed; and guests stopped in order before their host goes."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from skylift.model.event import Sink, StepFinished, StepProgress, StepStarted
from skylift.model.holding import Holding
from skylift.model.problem import Problem
from skylift.openstack.client import Api

_STEP = "guests.stop"
_RUNNING = frozenset({"ACTIVE", "REBOOT", "HARD_REBOOT", "RESCUE", "PASSWORD"})


async def holdings(api: Api) -> tuple[Holding, ...]:
    """Return guests, volumes and floating IPs of all projects, by kind and name. Raises ApiProblem."""
    found = await asyncio.gather(*(asyncio.to_thread(read, api) for read in (_guests, _volumes, _floating_ips)))
    if not any(found):
        return ()
    names = await asyncio.to_thread(project_names, api)
    return tuple(
        Holding(one.kind, one.name, names.get(one.project, one.project), one.detail)
        for kind in found
        for one in sorted(kind, key=lambda one: one.name)
    )


async def stop_guests(api: Api, sink: Sink, *, seconds: float = 10.0) -> tuple[str, ...]:
    """Stop all running guests of all projects and return the names of those that still run after ``seconds``.

    Each is given its shutdown request at once; none waits for another. Raises ApiProblem when Nova cannot be asked.
    """
    running = [server for server in await asyncio.to_thread(_servers, api) if server["status"] in _RUNNING]
    if not running:
        return ()
    sink(StepStarted(_STEP, "stop", f"{len(running)} guest{'s' if len(running) > 1 else ''}", "their host is removed"))
    begin = time.monotonic()
    await asyncio.gather(*(asyncio.to_thread(_stop, api, server["id"]) for server in running))
    wanted = {server["id"] for server in running}
    told = ""
    while True:
        servers = await asyncio.to_thread(_servers, api)
        left = [s["name"] for s in servers if s["id"] in wanted and s["status"] in _RUNNING]
        if not left or time.monotonic() - begin > seconds:
            break
        if (names := ", ".join(left)) != told:
            told = names
            sink(StepProgress(_STEP, waiting_for=f"{names} to shut down"))
        await asyncio.sleep(0.5)
    detail = f"still running: {', '.join(left)}" if left else ""
    sink(StepFinished(_STEP, "failed" if left else "ok", time.monotonic() - begin, detail))
    return tuple(left)


def _servers(api: Api) -> list[dict[str, Any]]:
    return api.list("compute", "/servers/detail", "servers", all_tenants=1) if api.has("compute") else []


def _stop(api: Api, server: str) -> None:
    try:
        api.post("compute", f"/servers/{server}/action", {"os-stop": None})
    except Problem as problem:
        # Gone, or in the middle of something: what matters is whether it runs at the end.
        if getattr(problem, "status", 0) not in (404, 409):
            raise


def _guests(api: Api) -> list[Holding]:
    return [Holding("guest", s["name"], s["tenant_id"], str(s["status"])) for s in _servers(api)]


def _volumes(api: Api) -> list[Holding]:
    for service in ("volumev3", "block-storage"):
        if api.has(service):
            found = api.list(service, "/volumes/detail", "volumes", all_tenants=1)
            return [
                Holding(
                    "volume",
                    volume["name"] or volume["id"],
                    volume.get("os-vol-tenant-attr:tenant_id", ""),
                    f"{volume['size']} GiB, {volume['status']}",
                )
                for volume in found
            ]
    return []


def _floating_ips(api: Api) -> list[Holding]:
    if not api.has("network"):
        return []
    found = api.list("network", "/v2.0/floatingips", "floatingips")
    return [
        Holding(
            "floating IP",
            one["floating_ip_address"],
            one["project_id"],
            f"leads to {one['fixed_ip_address']}" if one.get("fixed_ip_address") else "leads nowhere",
        )
        for one in found
    ]


def project_names(api: Api) -> dict[str, str]:
    """Return the names of all projects by id. Raises ApiProblem."""
    return {one["id"]: one["name"] for one in api.list("identity", "/v3/projects", "projects")}
