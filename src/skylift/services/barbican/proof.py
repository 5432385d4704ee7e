"""A secret comes back as it was stored, and a key can be ordered."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from skylift.model.proof import PREFIX, Proof, Unproven, Workbench

NAME = f"{PREFIX}-secret"
SERVICE, SECRETS, ORDERS = "key-manager", "/v1/secrets", "/v1/orders"
BYTES = "application/octet-stream"
_KEY_BITS = 256


async def run(bench: Workbench) -> str:
    """Store random bytes and read them, order a key and read it, delete both, and see that they are gone."""
    stored, ordered = await bench.together(_store(bench), _order(bench))
    told = f"{stored[1]} bytes read as stored; a key of {_KEY_BITS} bits made to order"
    if bench.keep:
        return told
    paths = (stored[0], *ordered)
    await bench.together(*(bench.delete(SERVICE, path) for path in paths))
    left = await bench.together(*(bench.find(SERVICE, path) for path in paths))
    if any(left):
        raise Unproven("nothing left", f"{sum(one is not None for one in left)} of {len(paths)} objects")
    return f"{told}; deleted"


async def _store(bench: Workbench) -> tuple[str, int]:
    """Return the path of a secret that was read as it was stored, and its length."""
    content = secrets.token_bytes(48)
    body = {
        "name": NAME,
        "secret_type": "opaque",
        "payload": base64.b64encode(content).decode(),
        "payload_content_type": BYTES,
        "payload_content_encoding": "base64",
    }
    path = _path(SECRETS, (await bench.post(SERVICE, SECRETS, body))["secret_ref"])
    read = await bench.fetch(SERVICE, f"{path}/payload", BYTES)
    if read != content:
        raise Unproven(f"the {len(content)} bytes that were stored", f"{len(read)} others")
    return path, len(content)


async def _order(bench: Workbench) -> tuple[str, str]:
    """Return the paths of an order and of the key that the worker made for it."""
    meta = {"name": NAME, "algorithm": "aes", "bit_length": _KEY_BITS, "mode": "cbc", "payload_content_type": BYTES}
    answer = await bench.post(SERVICE, ORDERS, {"type": "key", "meta": meta})
    order = _path(ORDERS, answer["order_ref"])

    async def made() -> tuple[dict[str, Any] | None, str]:
        state = await bench.get(SERVICE, order)
        if state["status"] == "ERROR":
            raise Unproven("the ordered key", str(state.get("error_reason")), ("see: skylift logs barbican",))
        return (state if state["status"] == "ACTIVE" else None), str(state["status"])

    state = await bench.until("the ordered key", made, seconds=30, every=0.3)
    path = _path(SECRETS, state["secret_ref"])
    key = await bench.fetch(SERVICE, f"{path}/payload", BYTES)
    if len(key) * 8 != _KEY_BITS:
        raise Unproven(f"a key of {_KEY_BITS} bits", f"{len(key) * 8} bits")
    return order, path


def _path(collection: str, reference: str) -> str:
    return f"{collection}/{reference.rsplit('/', 1)[-1]}"


async def clean(bench: Workbench) -> int:
    """Delete what an earlier run has left."""
    found, orders = await bench.together(
        bench.get(SERVICE, SECRETS, name=NAME, limit=100), bench.get(SERVICE, ORDERS, limit=100)
    )
    paths = [_path(SECRETS, one["secret_ref"]) for one in found["secrets"]]
    paths += [_path(ORDERS, one["order_ref"]) for one in orders["orders"] if one["meta"].get("name") == NAME]
    await bench.together(*(bench.delete(SERVICE, path) for path in paths))
    return len(paths)


PROOF = Proof("secret", "a secret and an ordered key", "barbican", run, place=130, needs=("network",), clean=clean)
