"""Where proofs work: the APIs, the probe, what was made so far, and waiting with a bound."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, TypeVar

from skylift.model.cloud import Cloud
from skylift.model.event import Sink, StepProgress
from skylift.model.proof import PREFIX, Unproven
from skylift.model.secret import Secret
from skylift.openstack.client import Api

if TYPE_CHECKING:
    from skylift.engines import Engine
    from skylift.openstack.proofs.probe import Answer, Probe

T = TypeVar("T")

__all__ = ["PREFIX", "Bench", "Calls", "Guest", "Made", "ProofContext"]


@dataclass(frozen=True, slots=True)
class ProofContext:
    """What ``verify`` is given.

    ``services`` are the names of the enabled services: their proofs are run. ``image``, ``flavor`` and
    ``external_network`` are names in OpenStack, ``external_subnet`` is where floating IPs are. ``probe_image`` is an
    engine image with python3. ``dashboard_port`` is Horizon's at the address of the APIs. ``ssh_key`` is a private key
    (OpenSSH or PEM) for the guests; None makes a new one.
    """

    api: Api
    engine: Engine
    cloud: Cloud
    services: frozenset[str]
    probe_image: str
    external_subnet: IPv4Network
    image: str = "skylift-tiny"
    flavor: str = "m1.tiny"
    external_network: str = "public1"
    dashboard_port: int = 80
    ssh_key: Secret | None = None


@dataclass(slots=True)
class Guest:
    """A guest that was made: API id, fixed address, neutron port; ``floating`` is its floating IP, if any."""

    name: str
    port: str
    address: str
    id: str = ""
    floating: str = ""


@dataclass(slots=True)
class Made:
    """What the proofs have made for each other. Which fields are filled follows from what a proof needs.

    ``volume`` and its ``snapshot`` hold what has the digest ``written`` at its beginning. ``stores`` are Glance's, of a
    new image.
    ``identified`` tells that the guests know who they are and ran their user-data; ``answered`` is the last address
    that answered from outside; ``begun`` tells that there may be something to remove.
    """

    external: str = ""
    network: str = ""
    subnet: str = ""
    group: str = ""
    router: str = ""
    router_address: str = ""
    private_key: Secret = Secret("")  # noqa: RUF009 - frozen
    public_key: str = ""
    token: str = ""
    guests: list[Guest] = field(default_factory=list)
    balancer: str = ""
    balancer_port: str = ""
    balancer_address: str = ""
    probe: Probe | None = None
    volume: str = ""
    snapshot: str = ""
    written: str = ""
    stores: str = ""
    identified: bool = False
    answered: str = ""
    begun: bool = False


class Calls:
    """API calls in threads. What is on its way cannot be recalled, so :meth:`settle` waits for it."""

    def __init__(self, width: int = 12) -> None:
        self._pool = ThreadPoolExecutor(width, thread_name_prefix="verify")
        self._running: set[asyncio.Future[Any]] = set()

    async def run(self, call: Callable[[], T]) -> T:
        """Return what ``call`` returns. A cancelled caller leaves the call running."""
        future = asyncio.get_running_loop().run_in_executor(self._pool, call)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return await asyncio.shield(future)

    async def settle(self) -> None:
        """Wait until nothing is on its way, whatever becomes of it."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def close(self) -> None:
        """Give the threads back."""
        self._pool.shutdown(wait=False)


@dataclass(frozen=True)
class Bench:
    """What one proof works with; ``step`` names the proof in events, ``keep`` tells that nothing is removed later."""

    ctx: ProofContext
    sink: Sink
    calls: Calls
    made: Made
    keep: bool = False
    step: str = ""

    def at(self, step: str) -> Bench:
        """Return the same bench for another proof."""
        return replace(self, step=step)

    def say(self, text: str = "", waiting_for: str = "") -> None:
        """Send news of this proof."""
        self.sink(StepProgress(self.step, text, waiting_for))

    @property
    def probe(self) -> Probe:
        """The probe container's other end."""
        if self.made.probe is None:
            raise RuntimeError(f"proof {self.step} must need the probe")
        return self.made.probe

    @property
    def services(self) -> frozenset[str]:
        """The names of the enabled services."""
        return self.ctx.services

    @property
    def image(self) -> str:
        """The name of the image of guests."""
        return self.ctx.image

    @property
    def flavor(self) -> str:
        """The name of the flavor of guests."""
        return self.ctx.flavor

    @property
    def external_network(self) -> str:
        """The name of the network of floating IPs."""
        return self.ctx.external_network

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """Return the JSON at ``path``. Raises ApiProblem, as the following do."""
        return await self.calls.run(lambda: self.ctx.api.get(service, path, **params))

    async def find(self, service: str, path: str, **params: Any) -> Any:
        """Return the JSON at ``path``, or None where the answer is 404."""
        return await self.calls.run(lambda: self.ctx.api.find(service, path, **params))

    async def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """Return all items of a collection."""
        return await self.calls.run(lambda: self.ctx.api.list(service, path, key, **params))

    async def post(self, service: str, path: str, body: Any) -> Any:
        """Send JSON, return JSON."""
        return await self.calls.run(lambda: self.ctx.api.post(service, path, body))

    async def put(self, service: str, path: str, body: Any) -> Any:
        """Send JSON, return JSON."""
        return await self.calls.run(lambda: self.ctx.api.put(service, path, body))

    async def patch(self, service: str, path: str, body: Any) -> Any:
        """Send JSON, return JSON."""
        return await self.calls.run(lambda: self.ctx.api.patch(service, path, body))

    async def fetch(self, service: str, path: str, kind: str) -> bytes:
        """Return the bytes at ``path``, asked for as this kind (``application/octet-stream``)."""
        return await self.calls.run(
            lambda: self.ctx.api.request("GET", service, path, headers={"Accept": kind}).content
        )

    async def visit(self, url: str, seconds: float = 2.0) -> Answer:
        """Ask a URL from the external network."""
        return await self.probe.get(url, seconds)

    async def together(self, *steps: Awaitable[Any]) -> Any:
        """Do several things side by side and return their results in order."""
        return await asyncio.gather(*steps)

    async def delete(self, service: str, path: str, **params: Any) -> None:
        """Delete; what is not there any more is fine."""
        await self.calls.run(lambda: self.ctx.api.delete(service, path, **params))

    async def one(self, service: str, path: str, key: str, name: str) -> dict[str, Any]:
        """Return the item with this name. Raises Unproven when there is none."""
        found = await self.list(service, path, key, name=name)
        if not found:
            raise Unproven(f"{key[:-1]} {name}", "there is none of that name")
        return found[0]

    async def until(
        self, expected: str, poll: Callable[[], Awaitable[tuple[T | None, str]]], *, seconds: float, every: float = 0.5
    ) -> T:
        """Call ``poll`` until its first part is not None and return that; the second part says what was seen.

        Raises Unproven with the last thing seen after ``seconds``; ``poll`` itself may raise it earlier.
        """
        deadline = time.monotonic() + seconds
        told: str | None = None
        while True:
            value, seen = await poll()
            if value is not None:
                return value
            if seen != told:
                told = seen
                self.say(seen, expected)
            if time.monotonic() + every > deadline:
                raise Unproven(f"{expected} within {seconds:.0f} s", seen)
            await asyncio.sleep(every)
