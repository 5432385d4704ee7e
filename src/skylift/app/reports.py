"""What services say of themselves: a command that a container's declaration names, run inside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from skylift.engines import Engine
from skylift.model.container import LABEL, ContainerState
from skylift.model.problem import Problem
from skylift.model.service import Service

SECONDS = 20.0
"""How long one may take: what is not well may not answer at all."""


async def reports(
    engine: Engine, states: Iterable[ContainerState], services: Sequence[Service]
) -> dict[str, tuple[bool, str]]:
    """Return for each service that reports whether it is well, and its line. Silence is not well."""
    running = {state.labels.get(LABEL + "container", ""): state for state in states if state.status == "running"}
    asked = {
        service.name: (running[container.name].name, container.report)
        for service in services
        for container in service.containers
        if container.report and container.name in running
    }
    answers = await asyncio.gather(*(_ask(engine, name, command) for name, command in asked.values()))
    return dict(zip(asked, answers, strict=True))


async def contents(engine: Engine, cloud: str, services: Sequence[Service], name: str) -> tuple[str, ...] | None:
    """Return what the service ``name`` says users have in it, by its own container; None where it has no such command.

    Raises Problem ``contents-unknown`` when it has, and cannot tell.
    """
    own = [container for service in services if service.name == name for container in service.containers]
    commands = {container.name: container.contents for container in own if container.contents}
    if not commands:
        return None
    output = "no container of it runs"
    for state in await engine.containers(cloud):
        command = commands.get(state.labels.get(LABEL + "container", ""))
        if command and state.status == "running":
            code, output = await engine.run(state.name, command)
            if code == 0:
                return tuple(line.strip() for line in output.splitlines() if line.strip())
    raise Problem(
        code="contents-unknown",
        summary="A service does not tell what is in it",
        detail=f"{name}: {output.strip()[-500:]}",
        fix=f"See 'skylift status' and 'skylift logs {name}'; 'skylift up' mends what can be mended.",
        where=name,
    )


async def _ask(engine: Engine, container: str, command: tuple[str, ...]) -> tuple[bool, str]:
    try:
        code, output = await asyncio.wait_for(engine.run(container, command), SECONDS)
    except TimeoutError:
        return False, f"no answer in {SECONDS:.0f} s"
    except Problem as problem:
        return False, problem.summary
    lines = output.strip().splitlines()
    return code == 0, lines[-1] if lines else f"exit code {code}"
