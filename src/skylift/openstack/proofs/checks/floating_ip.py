"""A floating IP: a guest's page from outside."""

from __future__ import annotations

from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven


async def run(bench: Bench) -> str:
    """Ask the first guest's floating IP from the external network until its page comes.

    The page is the guest's name, or the image's where the guest could not read its metadata: that is another proof.
    """
    guest, other = bench.made.guests
    url = f"http://{guest.floating}/"

    async def ask() -> tuple[str | None, str]:
        answer = await bench.probe.get(url, 1.0)
        return (answer.body if answer.status == 200 else None), answer.seen

    try:
        body = await bench.until(f"{url} to answer", ask, seconds=90, every=0.3)
    except Unproven as failure:
        raise await evidence.add(bench, failure, guest) from failure
    if body.strip() == other.name:
        raise Unproven(f"the page of {guest.name} at {url}", repr(body[:120]))
    bench.made.answered = guest.floating
    return f"{url} shows {body.strip()}"


PROOF = Proof(
    "floating-ip", "a floating IP to a guest", "neutron", run, place=70, needs=("guests", "uplink", "probe")
)  # fmt: skip
