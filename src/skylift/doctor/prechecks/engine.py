"""An engine that is too old lacks calls that Skylift makes; one that is elsewhere is not what all this looks at."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem

# 1.41 is Docker 20.10: cgroup namespaces (CgroupnsMode) can be chosen since then.
OLDEST = (1, 41)
WHOLE_COPIES = ("vfs", "devicemapper")


def version(text: str) -> tuple[int, ...]:
    """Return ``1.41`` as numbers; empty when it is not of that form."""
    parts = text.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()


def check(context: Context) -> Problem | None:
    """Refuse an engine with an old API, one that runs on another machine, and storage that keeps each layer whole."""
    engine = context.host.engine
    if engine.kernel and context.host.kernel and engine.kernel != context.host.kernel:
        return Problem(
            code="engine-elsewhere",
            summary="The container engine runs on another machine than Skylift",
            detail=f"its kernel is {engine.kernel}, this machine's {context.host.kernel}; networks and floating IPs "
            "would be there, and nothing that is checked here would say anything about it",
            fix="Run Skylift on the machine that has the engine: unset DOCKER_HOST, or log in there.",
        )
    if engine.driver in WHOLE_COPIES:
        return Problem(
            code="engine-storage",
            summary="The container engine keeps a whole copy of the image for each container",
            detail=f"its storage driver is {engine.driver}; a cloud has dozens of containers of images of 1 GiB",
            fix='Use overlay2: {"storage-driver": "overlay2"} in /etc/docker/daemon.json, then restart the engine.',
            where=engine.data_root,
        )
    found = version(engine.api)
    if not found or found >= OLDEST:
        return None
    return Problem(
        code="engine-old",
        summary="The container engine is too old",
        detail=f"{engine.name} {engine.version} speaks API {engine.api}; 1.41 (Docker 20.10) is the least that will do",
        fix="Upgrade it: apt-get update && apt-get install docker.io (or the package of your distribution).",
    )


def looked(context: Context) -> str:
    """Name the engine."""
    engine = context.host.engine
    return f"{engine.name} {engine.version}, API {engine.api}, storage {engine.driver or 'not known'}"
