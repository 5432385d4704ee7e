"""The probe container: from there, on the external network, everything outside is asked.

Requests to floating IPs never start on the machine itself: were the bridge gone, they would leave through its uplink.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Self

from skylift.engines import Engine
from skylift.engines.session import Session, address_of
from skylift.model.cloud import Cloud
from skylift.model.container import Attachment, ContainerSpec, File
from skylift.model.secret import Secret
from skylift.openstack.proofs.lines import Lines, encode
from skylift.openstack.proofs.proof import Unproven

_SCRIPT = "/skylift-probe.py"
_PORT = 8099
# It ends by itself some time after a verify that was killed.
_LIFETIME = 900


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered: ``status`` 0 and ``error`` when nothing."""

    status: int
    body: str
    error: str

    @property
    def seen(self) -> str:
        """What to tell about it, in a few words."""
        body = self.body.strip()
        shown = "" if body.startswith("<") else f", {body[:120]!r}"
        return self.error or f"status {self.status}{shown}"


def spec(cloud: Cloud, image: str) -> ContainerSpec:
    """Return the probe container: one process that sleeps, an address of the engine's choice, the script."""
    script = files(__package__).joinpath("inside.py").read_text(encoding="utf-8")
    return ContainerSpec(
        name=f"{cloud.name}-verify-probe",
        short="verify_probe",
        service="verify",
        node="",
        image=image,
        entrypoint=("sleep",),
        command=(str(_LIFETIME),),
        user="root",
        attachments=(Attachment(cloud.network("external").name, ""),),
        files=(File(_SCRIPT, Secret(script), 0o644),),
        restart=False,
        grace=0,
    )


class Probe:
    """The other end of the script in the probe container."""

    def __init__(self, engine: Engine, container: str, address: str, session: Session) -> None:
        self.address = address
        self.port = _PORT
        self._engine = engine
        self._container = container
        self._session = session
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._number = 0
        self._ready = self._expect(0)
        self._reader = asyncio.create_task(self._read(), name="probe reader")
        self._relays: list[asyncio.Task[None]] = []

    @classmethod
    async def start(cls, engine: Engine, cloud: Cloud, image: str) -> Self:
        """Make and start the container (a leftover is replaced) and the script in it. Raises Problem, Unproven."""
        wanted = spec(cloud, image)
        await engine.remove_container(wanted.name)
        await engine.create_container(wanted, cloud.name)
        await engine.start_container(wanted.name)
        address = await address_of(engine, wanted.name, wanted.attachments[0].network)
        session = await Session.open(engine, wanted.name, ("python3", "-u", _SCRIPT, "serve", str(_PORT)))
        probe = cls(engine, wanted.name, address, session)
        await probe._result(probe._ready, 30.0)
        return probe

    async def get(self, url: str, seconds: float = 2.0) -> Answer:
        """Ask ``url`` once."""
        return (await self.burst(url, 1, seconds))[0]

    async def burst(self, url: str, count: int, seconds: float = 2.0) -> tuple[Answer, ...]:
        """Ask ``url`` ``count`` times side by side, each from a port of its own."""
        found = await self._ask("get", 4 * seconds + 10, url=url, timeout=seconds, count=count)
        return tuple(Answer(one["status"], one["body"], one["error"]) for one in found["answers"])

    async def serve(self, text: str) -> None:
        """Serve ``text`` at the probe's address and port from now on."""
        await self._ask("page", 10, text=text)

    async def visitors(self) -> tuple[str, ...]:
        """Return the addresses that fetched the page."""
        return tuple((await self._ask("visitors", 10))["visitors"])

    async def connect(self, host: str, port: int) -> socket.socket:
        """Return a local socket whose other end is a TCP connection from the probe to ``host``."""
        session = await Session.open(self._engine, self._container, ("python3", _SCRIPT, "relay", host, str(port)))
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._relays.append(asyncio.create_task(_relay(session, ours), name=f"relay {host}:{port}"))
        return theirs

    async def stop(self) -> None:
        """Stop asking, and remove the container."""
        for task in (*self._relays, self._reader):
            task.cancel()
        await asyncio.gather(*self._relays, self._reader, return_exceptions=True)
        with contextlib.suppress(OSError):
            await self._session.close()
        await self._engine.remove_container(self._container)

    def _expect(self, number: int) -> asyncio.Future[dict[str, Any]]:
        self._waiting[number] = asyncio.get_running_loop().create_future()
        return self._waiting[number]

    async def _ask(self, operation: str, seconds: float, **fields: Any) -> dict[str, Any]:
        self._number += 1
        answer = self._expect(self._number)
        if not self._reader.done():
            await self._session.write(encode(self._number, operation, **fields))
        return await self._result(answer, seconds)

    async def _result(self, answer: asyncio.Future[dict[str, Any]], seconds: float) -> dict[str, Any]:
        # The reader's end is the script's end: then no answer will come.
        await asyncio.wait((answer, self._reader), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        errors = self._session.errors.decode(errors="replace").strip().splitlines()
        seen = "its script ended" if self._reader.done() else f"no answer in {seconds:.0f} s"
        raise Unproven("an answer of the probe container", seen, tuple(errors[-3:]))

    async def _read(self) -> None:
        lines = Lines()
        while data := await self._session.read():
            for value in lines.feed(data):
                waiting = self._waiting.pop(value["id"], None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(value)


async def _relay(session: Session, local: socket.socket) -> None:
    """Pass bytes between a session and a local socket until either side ends."""
    loop = asyncio.get_running_loop()

    async def outward() -> None:
        while data := await loop.sock_recv(local, 65536):
            await session.write(data)

    async def inward() -> None:
        while data := await session.read():
            await loop.sock_sendall(local, data)

    tasks = [asyncio.create_task(outward()), asyncio.create_task(inward())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        local.close()
        await session.close()
