"""Proofs: what one is, what it works with, and their results as ``verify`` reports them.

A service's own proof is in its folder, in ``proof.py``, which has ``PROOF``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

PREFIX = "skylift-verify"
"""Begins the name (or the description) of everything that ``verify`` makes; what bears it is removed."""


class Answer(Protocol):
    """What an address answered: ``status`` 0 when nothing."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> str:
        """The text."""

    @property
    def seen(self) -> str:
        """What to tell about it, in a few words."""


class Workbench(Protocol):
    """What a proof works with. Requests to APIs are by catalogue type and path, and raise Problem."""

    @property
    def keep(self) -> bool:
        """Whether what is made stays after the proofs."""

    @property
    def services(self) -> frozenset[str]:
        """The names of the enabled services."""

    @property
    def image(self) -> str:
        """The name of the image of guests."""

    @property
    def flavor(self) -> str:
        """The name of the flavor of guests."""

    @property
    def external_network(self) -> str:
        """The name of the network of floating IPs."""

    def say(self, text: str = "", waiting_for: str = "") -> None:
        """Send news of this proof."""

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """Return the JSON at ``path``."""

    async def find(self, service: str, path: str, **params: Any) -> Any:
        """Return the JSON at ``path``, or None where the answer is 404."""

    async def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """Return all items of a collection."""

    async def post(self, service: str, path: str, body: Any) -> Any:
        """Send JSON, return JSON."""

    async def put(self, service: str, path: str, body: Any) -> Any:
        """Send JSON, return JSON."""

    async def patch(self, service: str, path: str, body: Any) -> Any:
        """Send JSON, return JSON."""

    async def delete(self, service: str, path: str, **params: Any) -> None:
        """Delete; what is not there any more is fine."""

    async def fetch(self, service: str, path: str, kind: str) -> bytes:
        """Return the bytes at ``path``, asked for as this kind (``application/octet-stream``)."""

    async def visit(self, url: str, seconds: float = 2.0) -> Answer:
        """Ask a URL from the external network."""

    async def together(self, *steps: Awaitable[Any]) -> Any:
        """Do several things side by side and return their results in order."""

    async def until(
        self, expected: str, poll: Callable[[], Awaitable[tuple[T | None, str]]], *, seconds: float, every: float = 0.5
    ) -> T:
        """Call ``poll`` until its first part is not None and return that; the second part says what was seen.

        Raises Unproven with the last thing seen after ``seconds``; ``poll`` itself may raise it earlier.
        """


@dataclass(frozen=True, slots=True)
class Proof:
    """One capability, shown by real requests, or (``shown`` False) something that proofs build on.

    ``run`` is given a :class:`Workbench` and returns what was seen, or raises :class:`Unproven` or a Problem.
    ``service`` is the service that must be enabled. ``needs`` must have held before this is tried; ``after`` must only
    have ended, as this disturbs them. ``place`` is its place in the report. ``clean`` removes what it made under the
    name of :data:`PREFIX`, now or in a run that was cut off, and returns how many there were; such a proof needs
    ``network``, by which leftovers are noticed. ``sweep`` is the same for what is set free by the end of guests.
    """

    name: str
    title: str
    service: str
    run: Callable[[Any], Awaitable[str]]
    place: int = 0
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    shown: bool = True
    clean: Callable[[Any], Awaitable[int]] | None = None
    sweep: Callable[[Any], Awaitable[int]] | None = None


class Unproven(Exception):  # noqa: N818 - it says what it is
    """A proof did not hold: what was expected, what was seen, and evidence in lines of text."""

    def __init__(self, expected: str, seen: str, evidence: tuple[str, ...] = ()) -> None:
        super().__init__(expected, seen, evidence)
        self.expected = expected
        self.seen = seen
        self.evidence = evidence

    def __str__(self) -> str:
        return "\n".join((f"expected {self.expected}; seen: {self.seen}", *self.evidence))


@dataclass(frozen=True, slots=True)
class ProofResult:
    """One proof: ``name``, whether it held, how long it took, and what was seen."""

    name: str
    ok: bool
    seconds: float
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: name, ok, seconds, detail."""
        return {"name": self.name, "ok": self.ok, "seconds": round(self.seconds, 2), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Report:
    """All proofs of one ``verify``. ``address`` answered from outside, or is None."""

    address: str | None
    checks: tuple[ProofResult, ...]

    @property
    def ok(self) -> bool:
        """True when there were proofs and all of them held."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: ok, address, checks."""
        return {"ok": self.ok, "address": self.address, "checks": [check.as_dict() for check in self.checks]}
