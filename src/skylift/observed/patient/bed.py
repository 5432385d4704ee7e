"""What the looks at a cloud's parts work with: the engine, the APIs, and what there should be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from skylift.engines import Engine
from skylift.model.cloud import Cloud
from skylift.model.container import ContainerSpec, ContainerState
from skylift.model.naming import short
from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.model.service import Service
from skylift.observed.patient.patience import Patience
from skylift.openstack.client import Api

EXEC_SECONDS = 4.0
WIDTH = 16

T = TypeVar("T")


def not_running(name: str, state: ContainerState | None) -> Problem:
    """Return the Problem of asking a container that does not run. It is told as a fact, never to a user."""
    status = "missing" if state is None else state.status
    return Problem("container-stopped", "The container does not run", f"{name} is {status}", where=name)


@dataclass(frozen=True)
class Bed:
    """``states`` and ``specs`` are by the name that people use (``nova_api``). ``names`` are settings that shape the
    network: ``bridge``, and ``userspace`` where the datapath is. ``now`` is the machine's clock.

    ``password`` gives a key of passwords.yml. What is read stays as it is: only findings are told, and masked.
    """

    engine: Engine
    api: Api
    cloud: Cloud
    services: tuple[Service, ...]
    specs: Mapping[str, ContainerSpec]
    states: Mapping[str, ContainerState]
    password: Callable[[str], Secret]
    bridge: str
    now: float
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WIDTH, thread_name_prefix="doctor"))
    entry: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Done when keystone has let the administrator in; an exception when it has not."""
    patience: Patience = field(default_factory=Patience)

    def runs(self, name: str) -> bool:
        """Whether a container is there and runs."""
        state = self.states.get(name)
        return state is not None and state.status == "running"

    def require(self, *names: str) -> None:
        """Raise Problem ``container-stopped`` unless all of these containers run."""
        for name in names:
            if not self.runs(name):
                raise not_running(name, self.states.get(name))

    async def run(
        self, name: str, command: Sequence[str], *, user: str = "", seconds: float = EXEC_SECONDS
    ) -> tuple[int, str]:
        """Run a command inside a container; return its exit code and output. Raises Problem and TimeoutError."""
        self.require(name)
        async with self.patience.limit(seconds):
            code, output = await self.engine.run(self.states[name].name, command, user=user)
        return code, output

    async def call(self, call: Callable[..., T], *arguments: Any, **more: Any) -> T:
        """Return what a call that blocks returns."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, partial(call, *arguments, **more))

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """Return the JSON at ``path`` of an API, when keystone has let us in. Raises ApiProblem."""
        await asyncio.shield(self.entry)
        return await self.call(self.api.get, service, path, **params)

    async def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """Return all items of an API's collection. Raises ApiProblem."""
        await asyncio.shield(self.entry)
        return await self.call(self.api.list, service, path, key, **params)

    def has(self, service: str) -> bool:
        """Whether a service is on."""
        return any(one.name == service for one in self.services)

    def containers_of(self, binary: str, host: str) -> str:
        """Return the container that a program runs in (``nova-compute`` on ``node1``), or nothing."""
        node = host.partition("@")[0].partition(".")[0]
        base = binary.replace("-", "_")
        for name in (base, f"{base}@{node}"):
            spec = self.specs.get(name)
            if spec is not None and spec.node == node:
                return name
        return base if base in self.specs else ""


def by_short(items: Mapping[str, T]) -> dict[str, T]:
    """Return what is by the engine's names, by those that people use."""
    return {short(name): item for name, item in items.items()}
