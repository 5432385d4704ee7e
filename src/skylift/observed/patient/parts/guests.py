"""Guests: those that failed or hang with what services' logs say of their last request, and whether the rest runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from skylift.engines.spec import epoch_of
from skylift.engines.streams import lines
from skylift.model.patient_cloud import Guest
from skylift.model.problem import Problem
from skylift.observed.patient.bed import Bed
from skylift.observed.patient.parts.apis import age

PART, SOURCE = "guests", "skylift openstack server list --all-projects"
MOST = 500
EXPLAINED = 5
"""Of so many guests in trouble the logs are searched."""
SEARCHED = ("nova_scheduler", "nova_conductor", "nova_compute", "neutron_server", "nova_api")
LINES = 6
TAIL = 4000
TELLING = re.compile(
    r" (?:ERROR|CRITICAL|WARNING) |returned 0 hosts|no allocation candidates|No valid host", re.IGNORECASE
)
NOISE = "is deprecated"
"""Part of a warning that comes with every request to neutron."""
POWER = {3: "paused", 4: "shut down", 6: "crashed"}


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``guests``."""
    servers, domains = await asyncio.gather(
        bed.list("compute", "/servers/detail", "servers", all_tenants=1, limit=MOST), _domains(bed)
    )
    guests = [guest(server, domains, bed.now) for server in servers[:MOST]]
    troubled = [one for one in guests if one.status == "ERROR" or one.status == "BUILD" or one.task]
    troubled.sort(key=lambda one: one.age)
    explained = list(await asyncio.gather(*(_explained(bed, one) for one in troubled[:EXPLAINED])))
    off = sorted((one for one in guests if one.status == "SHUTOFF"), key=lambda one: one.age)[:EXPLAINED]
    explained += await asyncio.gather(*(_ended(bed, one) for one in off))
    known = {one.id: one for one in explained}
    return {"guests": tuple(known.get(one.id, one) for one in guests)}


async def _domains(bed: Bed) -> dict[str, str] | None:
    """Return the states of libvirt's domains by id on the one node; None where it does not tell."""
    if len(bed.cloud.nodes) > 1:
        return None
    command = ("virsh", "--quiet", "--connect", "qemu:///system")
    try:
        code, output = await bed.run("nova_libvirt", (*command, "list", "--all", "--uuid", "--name"), seconds=3.0)
        ran, running = await bed.run("nova_libvirt", (*command, "list", "--uuid", "--state-running"), seconds=3.0)
    except (Problem, TimeoutError):
        return None
    if code != 0 or ran != 0:
        return None
    up = set(running.split())
    return {
        line.split()[0]: "running" if line.split()[0] in up else "not running"
        for line in output.splitlines()
        if line.strip()
    }


def guest(server: Mapping[str, Any], domains: Mapping[str, str] | None, now: float) -> Guest:
    """Return a guest of nova's answer. ``domains`` are the states of libvirt's by id."""
    flavor = server.get("flavor") or {}
    wants = {
        name: float(flavor[key])
        for name, key in (("VCPU", "vcpus"), ("MEMORY_MB", "ram"), ("DISK_GB", "disk"))
        if isinstance(flavor.get(key), int | float)
    }
    state = None if domains is None else domains.get(str(server["id"]), "")
    return Guest(
        id=str(server["id"]),
        name=str(server["name"]),
        status=str(server["status"]),
        task=str(server.get("OS-EXT-STS:task_state") or ""),
        host=str(server.get("OS-EXT-SRV-ATTR:host") or ""),
        age=age(server.get("updated"), now) or 0.0,
        fault=str((server.get("fault") or {}).get("message") or ""),
        wants=wants,
        runs=None if state is None else state == "running",
        domain=state or "",
        power=POWER.get(int(server.get("OS-EXT-STS:power_state") or 0), ""),
    )


async def _explained(bed: Bed, one: Guest) -> Guest:
    """Return the guest with its last request, and what the logs of those who worked on it say."""
    actions: Sequence[Mapping[str, Any]] = ()
    with suppress(Problem):
        answer = await bed.get("compute", f"/servers/{one.id}/os-instance-actions")
        actions = answer["instanceActions"]
    if not actions:
        return one
    last = actions[0]
    request = str(last.get("request_id") or "")
    since = bed.now - (age(last.get("start_time"), bed.now) or one.age) - 5
    found = await asyncio.gather(*(_search(bed, name, request, since) for name in SEARCHED if bed.runs(name)))
    told = sorted((line for lines_ in found for line in lines_), key=lambda line: -line[1])
    return Guest(
        **{
            **{name: getattr(one, name) for name in one.__slots__},
            "request": request,
            "action": str(last.get("action") or ""),
            "lines": tuple(told[-LINES:]),
        }
    )


async def _ended(bed: Bed, one: Guest) -> Guest:
    """Return the guest with whether it was shut off without a user's request: nova then notes a stop of nobody."""
    with suppress(Problem):
        answer = await bed.get("compute", f"/servers/{one.id}/os-instance-actions")
        last: Mapping[str, Any] = next(iter(answer["instanceActions"]), {})
        return replace(one, action=str(last.get("action") or ""), ended=ended(last))
    return one


def ended(action: Mapping[str, Any]) -> bool:
    """Whether an action of nova's is what it does when it finds a guest's process gone."""
    return action.get("action") == "stop" and not action.get("user_id")


async def _search(bed: Bed, name: str, request: str, since: float) -> Iterable[tuple[str, float, str]]:
    """Return what a container wrote of a request that tells anything: container, age, text."""
    found: list[tuple[str, float, str]] = []
    with suppress(Problem, TimeoutError):
        async with bed.patience.limit(2.0):
            async for stamp, text in lines(bed.engine, bed.states[name].name, since=int(since), tail=TAIL):
                if request and request in text and TELLING.search(text) and NOISE not in text:
                    found.append((name, max(0.0, bed.now - epoch_of(stamp)), text[:1000]))
    return found
