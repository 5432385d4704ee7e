"""Barbican's proof against an API in memory, and what is said of users' secrets."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from skylift.model.proof import Unproven
from skylift.model.service import Password
from skylift.services.barbican import holdings, proof
from skylift.settings.generate import yaml_value


class Vault:
    """A workbench with a key manager behind it. ``spoil`` is what a stored secret comes back with."""

    keep = False
    services = frozenset({"barbican"})
    image = flavor = external_network = ""

    def __init__(self, spoil: bytes = b"", status: str = "ACTIVE") -> None:
        self.objects: dict[str, Any] = {}
        self.spoil, self.status = spoil, status

    def say(self, text: str = "", waiting_for: str = "") -> None:
        """Say nothing."""

    async def post(self, service: str, path: str, body: Any) -> Any:
        if path == proof.SECRETS:
            self.objects[f"{path}/s1"] = base64.b64decode(body["payload"]) + self.spoil
            return {"secret_ref": f"http://elsewhere:9311{path}/s1"}
        self.objects[f"{path}/o1"] = body
        self.objects[f"{proof.SECRETS}/s2"] = bytes(body["meta"]["bit_length"] // 8)
        return {"order_ref": f"http://elsewhere:9311{path}/o1"}

    async def get(self, service: str, path: str, **params: Any) -> Any:
        return {"status": self.status, "secret_ref": f"http://elsewhere:9311{proof.SECRETS}/s2"}

    async def find(self, service: str, path: str, **params: Any) -> Any:
        return self.objects.get(path)

    async def fetch(self, service: str, path: str, kind: str) -> bytes:
        content: bytes = self.objects[path.removesuffix("/payload")]
        return content

    async def delete(self, service: str, path: str, **params: Any) -> None:
        del self.objects[path]

    async def together(self, *steps: Awaitable[Any]) -> Any:
        return await asyncio.gather(*steps)

    async def until(self, expected: str, poll: Callable[[], Awaitable[Any]], **_: float) -> Any:
        value, seen = await poll()
        if value is None:
            raise Unproven(expected, seen)
        return value


async def test_what_was_stored_and_ordered_is_deleted() -> None:
    vault = Vault()
    told = await proof.run(vault)  # type: ignore[arg-type]
    assert told == "48 bytes read as stored; a key of 256 bits made to order; deleted"
    assert vault.objects == {}


@pytest.mark.parametrize(
    ("vault", "seen"),
    [(Vault(spoil=b"!"), "49 others"), (Vault(status="ERROR"), "None"), (Vault(status="PENDING"), "PENDING")],
)
async def test_what_comes_back_otherwise_proves_nothing(vault: Vault, seen: str) -> None:
    with pytest.raises(Unproven, match=seen):
        await proof.run(vault)  # type: ignore[arg-type]


class Pages:
    """Secrets in pages, as Barbican has them; the first is named."""

    project_id = "p"

    def __init__(self, count: int) -> None:
        self.secrets = [
            {
                "name": "door" if number == 0 else None,
                "secret_ref": f"http://x/v1/secrets/{number}",
                "secret_type": "opaque",
            }
            for number in range(count)
        ]
        self.deleted: list[str] = []

    def has(self, service: str) -> bool:
        return service == "key-manager"

    def get(self, service: str, path: str, *, limit: int, offset: int) -> Any:
        return {"secrets": self.secrets[offset : offset + limit], "total": len(self.secrets)}

    def delete(self, service: str, path: str) -> None:
        self.deleted.append(path)


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_all_pages_of_secrets_are_seen_and_removed(count: int) -> None:
    api: Any = Pages(count)
    found = holdings.found(api)
    assert len(found) == count
    assert [one.name for one in found[:2]] == ["door", "1"][:count]
    assert holdings.remove(api) == count
    assert api.deleted == [f"/v1/secrets/{number}" for number in range(count)]


def test_its_key_is_one_that_fernet_takes() -> None:
    made = [yaml_value(Password("barbican_crypto_key", "fernet")).strip().strip('"') for _ in range(20)]
    assert all(len(base64.urlsafe_b64decode(one)) == 32 for one in made)
    assert len(set(made)) == 20
