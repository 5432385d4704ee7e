"""What users have in the cloud, and how it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Holding:
    """Something of a user's. ``kind``: guest, volume or floating IP; ``detail``: its state, in a few words."""

    kind: str
    name: str
    project: str
    detail: str


class Client(Protocol):
    """The APIs as the administrator, by catalogue type and path. Every method raises Problem."""

    @property
    def project_id(self) -> str:
        """The id of the administrator's project."""

    def has(self, service: str) -> bool:
        """True when the catalogue has the service."""

    def get(self, service: str, path: str, **params: Any) -> Any:
        """Return the JSON at ``path``; ``params`` become the query."""

    def find(self, service: str, path: str, **params: Any) -> Any:
        """As :meth:`get`, but None where the answer is 404."""

    def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """Return all items of the collection ``key``."""

    def post(self, service: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON and return JSON."""

    def delete(self, service: str, path: str, *, missing_ok: bool = True, **params: Any) -> None:
        """Delete; what is not there any more is fine unless ``missing_ok`` is False."""
