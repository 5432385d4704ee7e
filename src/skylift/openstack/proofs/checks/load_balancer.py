"""Load balancer: both members answer behind one address, and it goes on answering when one is stopped."""

from __future__ import annotations

import time

from skylift.model.problem import Problem
from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven

_BURST = 10


async def run(bench: Bench) -> str:
    """See both names behind the floating IP, stop the second guest, and see only the first one's, every time."""
    made = bench.made
    first, second = made.guests
    url = f"http://{made.balancer_address}/"
    try:
        await both(bench, url)
        made.answered = made.balancer_address
        begin = time.monotonic()
        await bench.post("compute", f"/servers/{second.id}/action", {"os-stop": None})
        await bench.until(f"{url} to be answered by {first.name} alone", lambda: _alone(bench, url), seconds=60)
    except Unproven as failure:
        failure.evidence += await _members(bench)
        raise await evidence.add(bench, failure, first, second) from failure
    took = time.monotonic() - begin
    if bench.keep:
        await bench.post("compute", f"/servers/{second.id}/action", {"os-start": None})
        await both(bench, url)
    return f"{url} answered by both; {second.name} stopped, {took:.1f} s later by {first.name} alone"


async def both(bench: Bench, url: str) -> None:
    """Wait until both guests have answered at ``url``."""
    names = {guest.name for guest in bench.made.guests}
    seen: set[str] = set()

    async def ask() -> tuple[bool | None, str]:
        answers = await bench.probe.burst(url, _BURST, 1.5)
        seen.update(answer.body.strip() for answer in answers if answer.status == 200)
        told = ", ".join(sorted(seen)) or next(answer.seen for answer in answers)
        return (True if seen == names else None), told

    await bench.until(f"{url} to be answered by both {' and '.join(sorted(names))}", ask, seconds=60)


async def _alone(bench: Bench, url: str) -> tuple[bool | None, str]:
    answers = await bench.probe.burst(url, _BURST, 1.0)
    first = bench.made.guests[0].name
    told = [answer.body.strip() if answer.status == 200 else answer.seen for answer in answers]
    shown = ", ".join(f"{told.count(text)} x {text}" for text in sorted(set(told)))
    return (True if all(text == first for text in told) else None), shown


async def _members(bench: Bench) -> tuple[str, ...]:
    try:
        tree = await bench.get("load-balancer", f"/v2.0/lbaas/loadbalancers/{bench.made.balancer}/status")
        members = [
            member
            for listener in tree["statuses"]["loadbalancer"]["listeners"]
            for pool in listener["pools"]
            for member in pool["members"]
        ]
    except (Problem, KeyError) as problem:
        return (f"octavia: {problem}",)
    return tuple(f"octavia: member {member['address']} {member['operating_status']}" for member in members)


PROOF = Proof(
    "load-balancer",
    "a load balancer with two members",
    "octavia",
    run,
    place=100,
    needs=("balancer-address", "metadata"),
    # It stops the second guest.
    after=("guest-to-guest", "guest-to-outside", "volume", "volume-snapshot", "volume-backup"),
)
