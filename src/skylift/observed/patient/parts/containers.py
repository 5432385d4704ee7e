"""Containers: their state, what became of their processes, their checks and their last lines."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skylift.engines.spec import epoch_of
from skylift.engines.streams import lines
from skylift.execute.ready import describe, probe
from skylift.model.container import ContainerSpec, ContainerState
from skylift.model.naming import short
from skylift.model.patient import ContainerFacts, LogLine, Probe
from skylift.model.problem import Problem
from skylift.model.service_container import CommandCheck
from skylift.observed.patient.bed import Bed

PART, SOURCE = "containers", "docker ps -a"
TAIL = 150
SINCE = 900
"""Seconds back to which lines of running containers are read."""
PROBE_SECONDS = 4.0
TRUSTED = 45.0
"""Seconds for which the engine's own check of a container counts."""
LONGEST = 2000


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``containers``."""
    return {"containers": tuple(await asyncio.gather(*(_one(bed, name, spec) for name, spec in bed.specs.items())))}


async def _one(bed: Bed, name: str, spec: ContainerSpec) -> ContainerFacts:
    after = tuple("keystone" if other == "catalogue" else short(other) for other in spec.after)
    if spec.network.startswith("container:"):
        after += (short(spec.network.removeprefix("container:")),)
    state = bed.states.get(name)
    if state is None:
        return ContainerFacts(
            name, spec.name, spec.service, spec.node, spec.job, "missing", after=after, outage=spec.outage
        )
    done = spec.job and state.status == "exited" and state.exit_code == 0
    written, checked = await asyncio.gather(
        _nothing(()) if done else _lines(bed, state),
        _nothing(None) if done or spec.job else _check(bed, spec, state),
    )
    process = _process(bed, spec, state)
    return ContainerFacts(
        name=name,
        engine_name=state.name,
        service=spec.service,
        node=spec.node,
        job=spec.job,
        status=state.status,
        health=state.health,
        exit_code=state.exit_code,
        oom_killed=state.oom_killed,
        error=state.error,
        started=state.started,
        finished=state.finished or state.created,
        restarts=state.restarts,
        frozen=process[0],
        apart=process[1],
        after=after,
        ready_within=float(spec.timeout),
        outage=spec.outage,
        probe=checked,
        lines=written,
    )


async def _nothing(value: Any) -> Any:
    return value


async def _lines(bed: Bed, state: ContainerState) -> tuple[LogLine, ...]:
    """Return the last lines; none where the engine does not give them."""
    since = int(bed.now - SINCE) if state.status == "running" else 0
    found = []
    try:
        async with bed.patience.limit(PROBE_SECONDS):
            async for stamp, text in lines(bed.engine, state.name, since=since, tail=TAIL):
                found.append(LogLine(epoch_of(stamp), text[:LONGEST]))
    except (Problem, TimeoutError, ValueError):
        pass
    return tuple(sorted(found, key=lambda line: line.time))


async def _check(bed: Bed, spec: ContainerSpec, state: ContainerState) -> Probe | None:
    """Return the container's check, tried now; commands only where the engine's own check is old or failed."""
    if spec.check is None or state.status != "running":
        return None
    if isinstance(spec.check, CommandCheck) and state.checked is not None:
        end, ok, said = state.checked
        # An engine calls a container unhealthy that it has just continued, until it has asked it again.
        if ok and state.health != "unhealthy" and bed.now - end < TRUSTED:
            return Probe(describe(spec), True, said, max(0.0, bed.now - end))
    try:
        async with bed.patience.limit(PROBE_SECONDS):
            ok, said = await probe(bed.engine, spec)
    except (Problem, TimeoutError) as error:
        ok, said = False, getattr(error, "detail", "") or f"no answer in {PROBE_SECONDS:.0f} s"
    return Probe(describe(spec), ok, said)


def _process(bed: Bed, spec: ContainerSpec, state: ContainerState) -> tuple[bool, bool]:
    """Return whether the main process is held still, and whether it is in another network than its node's.

    Only where the process can be seen from here; else both are False.
    """
    proc = Path(f"/proc/{state.pid}")
    if state.status != "running" or not state.pid:
        return False, False
    try:
        if state.engine_id not in (proc / "cgroup").read_text():
            return False, False
        frozen = (proc / "stat").read_text().rpartition(")")[2].split()[0] in ("T", "t")
        apart = False
        node = bed.states.get(short(spec.network.removeprefix("container:")))
        if spec.network.startswith("container:") and node is not None and node.status == "running" and node.pid:
            own, other = ((Path(f"/proc/{pid}") / "ns/net").readlink() for pid in (state.pid, node.pid))
            apart = own != other
    except (OSError, IndexError):
        return False, False
    return frozen, apart
