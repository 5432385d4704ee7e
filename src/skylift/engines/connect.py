"""Reach a container engine, or say in plain words why not."""

from __future__ import annotations

import os
from pathlib import Path

import aiodocker
import aiohttp

from skylift.model.problem import Problem

DEFAULT_SOCKET = Path("/var/run/docker.sock")


def address(url: str | None = None) -> str:
    """Return the engine's address: ``url``, else DOCKER_HOST, else the default socket."""
    return url or os.environ.get("DOCKER_HOST") or f"unix://{DEFAULT_SOCKET}"


def socket_path(url: str | None = None) -> str:
    """Return the path at which the engine answers on its own machine: the usual one where it is reached otherwise."""
    where = address(url)
    return where.removeprefix("unix://") if where.startswith("unix://") else str(DEFAULT_SOCKET)


async def connect(url: str | None = None) -> aiodocker.Docker:
    """Return a client that has answered once.

    Raises Problem ``engine-missing``, ``engine-permission`` or ``engine-unreachable``.
    """
    where = address(url)
    if where.startswith("unix://"):
        _check_socket(Path(where.removeprefix("unix://")), where)
    try:
        docker = aiodocker.Docker(url=where)
    except ValueError as error:
        raise _unreachable(where, str(error)) from error
    try:
        await docker.system.info()
    except (aiodocker.DockerError, aiohttp.ClientError, OSError, TimeoutError) as error:
        await docker.close()
        raise _unreachable(where, str(error) or type(error).__name__) from error
    except BaseException:
        # Whoever asked waits no longer.
        await docker.close()
        raise
    return docker


def _check_socket(path: Path, where: str) -> None:
    if not path.exists():
        raise Problem(
            code="engine-missing",
            summary="No container engine was found",
            detail=f"{path} does not exist",
            fix="Run 'make up' (or 'scripts/engine.sh'), which installs and starts one, or set DOCKER_HOST.",
            where=where,
        )
    if not os.access(path, os.R_OK | os.W_OK):
        raise Problem(
            code="engine-permission",
            summary="The container engine's socket may not be used by this user",
            detail=f"user {os.getuid()} may not read and write {path}",
            fix='sudo usermod -aG docker "$USER", then log in anew; or run as root.',
            where=where,
        )


def _unreachable(where: str, detail: str) -> Problem:
    return Problem(
        code="engine-unreachable",
        summary="The container engine does not answer",
        detail=detail,
        fix="Run 'scripts/engine.sh' to start it, or set DOCKER_HOST to where it listens.",
        where=where,
    )
