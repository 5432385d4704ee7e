"""One handler for each action on an engine."""

from __future__ import annotations

import asyncio
import re

from skylift.engines import Engine
from skylift.execute.databases import drop_database
from skylift.execute.ready import wait_ready
from skylift.execute.walk import Handler
from skylift.model.cloud import EngineNetwork
from skylift.model.container import ContainerSpec
from skylift.model.event import Sink, StepProgress
from skylift.model.plan import Operation
from skylift.model.problem import Problem

LIMITS = {"container.create": 4, "container.start": 4, "job.run": 3}
"""How many of an action run at once: the engine gains nothing from more, and readiness checks would starve."""


SET_CONFIGS = ("sh", "-c", "sudo -E kolla_set_configs")
"""What kolla_start runs first at each start."""

REMAINS = re.compile(r"id already in use|task \S+: already exists")


class EngineHandlers:
    """Handlers that share one engine, one cloud name and one sink."""

    def __init__(self, engine: Engine, cloud: str, sink: Sink) -> None:
        self.engine = engine
        self.cloud = cloud
        self.sink = sink

    def table(self) -> dict[str, Handler]:
        """Return the handler of each action."""
        return {
            "network.create": self.network_create,
            "network.remove": self.network_remove,
            "volume.create": self.volume_create,
            "volume.remove": self.volume_remove,
            "container.create": self.container_create,
            "container.start": self.container_start,
            "container.reload": self.container_reload,
            "container.ready": self.container_ready,
            "container.stop": self.container_stop,
            "container.run": self.container_run,
            "container.remove": self.container_remove,
            "job.run": self.job_run,
            "database.remove": self.database_remove,
        }

    async def network_create(self, operation: Operation) -> str:
        network: EngineNetwork = operation.payload
        await self.engine.create_network(network, self.cloud)
        return str(network.subnet)

    async def network_remove(self, operation: Operation) -> str:
        await self.engine.remove_network(operation.target)
        return ""

    async def volume_create(self, operation: Operation) -> str:
        await self.engine.create_volume(operation.target, self.cloud, data=bool(operation.payload))
        return ""

    async def volume_remove(self, operation: Operation) -> str:
        await self.engine.remove_volume(operation.target)
        return ""

    async def container_create(self, operation: Operation) -> str:
        spec: ContainerSpec = operation.payload
        await self.engine.create_container(spec, self.cloud)
        return spec.image

    async def container_start(self, operation: Operation) -> str:
        await self._start(operation.payload)
        return ""

    async def container_ready(self, operation: Operation) -> str:
        return await wait_ready(self.engine, operation.payload, operation.id, self.sink)

    async def container_reload(self, operation: Operation) -> str:
        """Put the files, have them copied to where they are used, and tell the program. Raises ``reload-failed``.

        The files get their stamps last: were it cut off before, the next plan would not take them for done.
        """
        spec: ContainerSpec = operation.payload
        await self.engine.put_files(spec.name, spec.files, stamped=False)
        steps = [(SET_CONFIGS, spec.user or "")] + ([(spec.reload.command, "")] if spec.reload else [])
        for command, user in steps:
            code, output = await self.engine.run(spec.name, command, user=user)
            if code != 0:
                raise Problem(
                    code="reload-failed",
                    summary="A container could not take over its new configuration",
                    detail=f"{' '.join(command)} ended with exit code {code}:\n{output.strip()[-2000:]}",
                    fix=f"See 'skylift logs {spec.short}'; after mending the cause 'skylift up' goes on from here.",
                    where=spec.short,
                )
        await self.engine.put_files(spec.name, (*spec.files, spec.record))
        return "without a restart"

    async def container_stop(self, operation: Operation) -> str:
        await self.engine.stop_container(operation.target, grace=int(operation.payload))
        return ""

    async def container_run(self, operation: Operation) -> str:
        """Run a command inside a container. Raises Problem ``repair-failed`` with what it said."""
        name, command = operation.payload
        code, output = await self.engine.run(name, command, user="root")
        words = output.strip()
        if code != 0:
            raise Problem(
                code="repair-failed",
                summary="A command inside a container failed",
                detail=f"{command[0]} ended with exit code {code}:\n{words[-1000:]}",
                fix=f"See 'skylift logs {operation.target}'; 'skylift doctor' looks again.",
                where=operation.target,
            )
        return words.splitlines()[-1] if words else ""

    async def container_remove(self, operation: Operation) -> str:
        await self.engine.stop_container(operation.target, grace=int(operation.payload or 10))
        await self.engine.remove_container(operation.target)
        return ""

    async def database_remove(self, operation: Operation) -> str:
        server, database, user = operation.payload
        return await drop_database(self.engine, server, database, user)

    async def job_run(self, operation: Operation) -> str:
        """Start the job and wait for its end. Raises Problem ``job-failed`` or ``job-timeout`` with its last lines."""
        spec: ContainerSpec = operation.payload
        await self._start(spec)
        self.sink(StepProgress(operation.id, waiting_for="its end"))
        try:
            code = await asyncio.wait_for(self.engine.wait_container(spec.name), spec.timeout)
        except TimeoutError:
            await self.engine.stop_container(spec.name, grace=1)
            raise await self._job_problem(spec, "job-timeout", f"it did not end within {spec.timeout} s") from None
        if code != 0:
            raise await self._job_problem(spec, "job-failed", f"exit code {code}")
        return ""

    async def _start(self, spec: ContainerSpec) -> None:
        """Start a container, once more under another id where the engine still has something under its present one."""
        try:
            await self.engine.start_container(spec.name)
        except Problem as problem:
            # A killed engine forgets what its runtime was about to start: "task …: already exists".
            if not REMAINS.search(problem.detail):
                raise
            await self.engine.remove_container(spec.name)
            await self.engine.create_container(spec, self.cloud)
            await self.engine.start_container(spec.name)

    async def _job_problem(self, spec: ContainerSpec, code: str, what: str) -> Problem:
        lines = "\n".join(await self.engine.tail(spec.name, 20))
        return Problem(
            code=code,
            summary="One-time work failed" if code == "job-failed" else "One-time work took too long",
            detail=f"{what}; its last lines:\n{lines}",
            fix=f"See 'skylift logs {spec.short}'; after mending the cause 'skylift up' goes on from here.",
            where=spec.short,
        )
