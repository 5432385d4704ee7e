"""Metadata: what the guests read of themselves is what the API says."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import PREFIX, Bench, Guest
from skylift.openstack.proofs.proof import Proof, Unproven


async def run(bench: Bench) -> str:
    """Have both guests read the metadata service, the second one through the first; look for user-data's effect."""
    first, second = bench.made.guests
    base = f"http://{first.floating}"
    try:
        await _user_data(bench, f"{base}/user-data.txt")
        await asyncio.gather(
            _facts(bench, first, f"{base}/cgi-bin/facts"), _facts(bench, second, f"{base}/cgi-bin/other?facts")
        )
    except Unproven as failure:
        raise await evidence.add(bench, failure, first, second) from failure
    bench.made.identified = True
    return "instance id, ssh key and user-data in both guests"


async def _user_data(bench: Bench, url: str) -> None:
    token = bench.made.token

    async def ask() -> tuple[bool | None, str]:
        answer = await bench.probe.get(url)
        return (True if answer.status == 200 and answer.body.strip() == token else None), answer.seen

    await bench.until(f"user-data to have put {token} at {url}", ask, seconds=40, every=0.4)


async def _facts(bench: Bench, guest: Guest, url: str) -> None:
    async def ask() -> tuple[dict[str, Any] | None, str]:
        answer = await bench.probe.get(url, 15.0)
        try:
            value = json.loads(answer.body)
        except ValueError:
            return None, answer.seen
        return (value if isinstance(value, dict) else None), answer.seen

    facts = await bench.until(f"{guest.name} to read its metadata", ask, seconds=60)
    key = (facts.get("public_keys") or {}).get(PREFIX, "")
    for what, want, have in (
        ("instance id", guest.id, facts.get("uuid")),
        ("name", guest.name, facts.get("name")),
        ("ssh key", bench.made.public_key.split()[:2], key.split()[:2]),
    ):
        if want != have:
            raise Unproven(f"{what} {want} in the metadata that {guest.name} reads", str(have))


PROOF = Proof("metadata", "metadata in the guests", "nova", run, place=40, needs=("floating-ip",))
