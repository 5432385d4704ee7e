"""Guest to guest: one fetches the other's page by its fixed address."""

from __future__ import annotations

from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven


async def run(bench: Bench) -> str:
    """Ask the first guest, through its floating IP, for the second one's page."""
    first, second = bench.made.guests

    async def ask() -> tuple[str | None, str]:
        answer = await bench.probe.get(f"http://{first.floating}/cgi-bin/other?page", 12.0)
        return (answer.body if answer.status == 200 and answer.body.strip() == second.name else None), answer.seen

    try:
        await bench.until(f"{first.name} to fetch the page of {second.name} at {second.address}", ask, seconds=60)
    except Unproven as failure:
        raise await evidence.add(bench, failure, second) from failure
    return f"{first.name} fetched the page of {second.name} at {second.address}"


PROOF = Proof("guest-to-guest", "guest to guest", "neutron", run, place=50, needs=("metadata",))
