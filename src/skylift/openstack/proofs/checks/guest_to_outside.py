"""Guest to outside: a guest without a floating IP fetches a page on the external network through the router."""

from __future__ import annotations

from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven


async def run(bench: Bench) -> str:
    """Ask the second guest (through the first) to fetch the probe's page; see who the probe thinks has come."""
    made, probe = bench.made, bench.probe
    first, second = made.guests
    page = f"outside {made.token}"

    async def ask() -> tuple[str | None, str]:
        answer = await probe.get(f"http://{first.floating}/cgi-bin/other?outside", 14.0)
        return (answer.body if answer.body.strip() == page else None), answer.seen

    where = f"http://{probe.address}:{probe.port}/"
    try:
        await bench.until(f"{second.name} to fetch {where}", ask, seconds=60)
    except Unproven as failure:
        raise await evidence.add(bench, failure, second) from failure
    visitors = await probe.visitors()
    if made.router_address not in visitors:
        raise Unproven(f"a visit of the router's address {made.router_address}", f"visits of {', '.join(visitors)}")
    return f"{second.name} fetched {where} as {made.router_address}"


PROOF = Proof("guest-to-outside", "guest to outside", "neutron", run, place=60, needs=("guest-to-guest",))
