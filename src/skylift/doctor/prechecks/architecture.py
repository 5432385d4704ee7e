"""The images are built for one processor architecture."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem

# What the kernel and the engine call it.
SUPPORTED = frozenset({"x86_64", "amd64"})


def check(context: Context) -> Problem | None:
    """Refuse machines and engines that are not x86_64."""
    engine, machine = context.host.engine.architecture, context.host.architecture
    other = [f"the {what} is {name}" for what, name in (("engine", engine), ("machine", machine)) if name]
    if not other or {engine or machine, machine or engine} <= SUPPORTED:
        return None
    return Problem(
        code="architecture",
        summary="This processor architecture is not supported",
        detail=" and ".join(other),
        fix="Run Skylift on an x86_64 machine; DOCKER_HOST must name an engine on one too.",
    )


def looked(context: Context) -> str:
    """Name both architectures."""
    return f"machine {context.host.architecture or 'unknown'}, engine {context.host.engine.architecture or 'unknown'}"
