"""Wait until a container can be used: measured at its port or by a command inside it, never by its process alone."""

from __future__ import annotations

import asyncio
import time

import aiohttp

from skylift.engines import Engine
from skylift.model.container import ContainerSpec
from skylift.model.event import Sink, StepProgress
from skylift.model.problem import Problem
from skylift.model.service_container import CommandCheck, HttpCheck, TcpCheck

FIRST_PAUSE, LONGEST_PAUSE = 0.15, 1.0
RESTARTS = 2
"""So often may a container end and be started again by the engine: after a loss of power all start at once, and some
end because what they need is not there yet."""


async def wait_ready(engine: Engine, spec: ContainerSpec, step: str, sink: Sink) -> str:
    """Return a line saying what answered. Raises Problem when the container ends or ``spec.timeout`` passes."""
    deadline = time.monotonic() + spec.timeout
    pause, seen, told = FIRST_PAUSE, "nothing yet", False
    before: int | None = None
    while True:
        state = await engine.container(spec.name)
        if state is None or state.status in ("exited", "dead"):
            raise await exited(engine, spec, None if state is None else state.exit_code)
        # The engine counts for as long as there is the container.
        before = state.restarts if before is None else before
        if state.restarts - before > RESTARTS:
            raise await exited(engine, spec, state.exit_code)
        if state.status == "restarting":
            seen = f"it ended with code {state.exit_code}, the engine starts it again"
        elif spec.check is None:
            return "running"
        else:
            ok, seen = await probe(engine, spec)
            if ok:
                return seen
        if time.monotonic() > deadline:
            raise Problem(
                code="not-ready",
                summary="A container did not become ready in time",
                detail=f"waited {spec.timeout} s for {describe(spec)}; seen last: {seen}\n"
                + "its last lines:\n"
                + "\n".join(await engine.tail(spec.name, 20)),
                fix=f"See 'skylift logs {spec.short}', then 'skylift up' goes on from here.",
                where=spec.short,
            )
        if not told:
            sink(StepProgress(step, waiting_for=describe(spec)))
            told = True
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE)


async def exited(engine: Engine, spec: ContainerSpec, code: int | None) -> Problem:
    """Return the Problem of a container that ended when it should run, with its last lines."""
    # One that is started again and again has begun anew: what it ended with lies behind that.
    lines = await engine.tail(spec.name, 45)
    return Problem(
        code="container-exited",
        summary="A container ended that should keep running",
        detail=f"exit code {code}; its last lines:\n" + "\n".join(lines),
        fix=f"See 'skylift logs {spec.short}'; after mending the cause 'skylift up' goes on from here.",
        where=spec.short,
    )


def describe(spec: ContainerSpec) -> str:
    """Return what readiness means for this container, in words."""
    check = spec.check
    if isinstance(check, HttpCheck):
        return f"http://{spec.check_address}:{check.port}{check.path}"
    if isinstance(check, TcpCheck):
        return f"port {check.port} at {spec.check_address}"
    if isinstance(check, CommandCheck):
        return " ".join(check.command)
    return "the process"


async def probe(engine: Engine, spec: ContainerSpec) -> tuple[bool, str]:
    """Try the check once. Returns whether it held and what was seen."""
    check = spec.check
    if isinstance(check, HttpCheck):
        return await _http(spec.check_address, check)
    if isinstance(check, TcpCheck):
        return await _tcp(spec.check_address, check.port)
    if isinstance(check, CommandCheck):
        code, output = await engine.run(spec.name, check.command)
        lines = output.strip().splitlines()
        return code == 0, lines[-1] if lines else f"exit code {code}"
    return True, "running"


async def _http(address: str, check: HttpCheck) -> tuple[bool, str]:
    timeout = aiohttp.ClientTimeout(total=10)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{address}:{check.port}{check.path}", allow_redirects=False) as answer,
        ):
            wanted = answer.status == check.status if check.status else answer.status < 500
            return wanted, f"HTTP {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return False, f"{type(error).__name__}: {error}"


async def _tcp(address: str, port: int) -> tuple[bool, str]:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), 5)
    except (OSError, TimeoutError) as error:
        return False, f"{type(error).__name__}: {error}"
    writer.close()
    return True, f"port {port} accepts"
