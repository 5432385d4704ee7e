"""An encrypted volume: its bytes in the store are not those in the guest; refused where nobody keeps its key."""

from __future__ import annotations

from skylift.openstack.errors import ApiProblem
from skylift.openstack.proofs import volumes
from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof, Unproven
from skylift.openstack.proofs.volume_pools import beginning

_LUKS = b"LUKS"


async def run(bench: Bench) -> str:
    """Make a type of encrypted volumes and a volume of it."""
    kind = {"name": f"{PREFIX}-encrypted"}
    made = (await bench.post(volumes.SERVICE, "/types", {"volume_type": kind}))["volume_type"]["id"]
    how = {"provider": "luks", "cipher": "aes-xts-plain64", "key_size": 256, "control_location": "front-end"}
    await bench.post(volumes.SERVICE, f"/types/{made}/encryption", {"encryption": how})
    try:
        volume = await volumes.create(bench, "encrypted", volume_type=made)
    except ApiProblem as problem:
        if "barbican" in bench.ctx.services or problem.status != 400:
            raise
        return "refused, as nobody keeps keys: barbican is off"
    if "barbican" not in bench.ctx.services:
        raise Unproven("no encrypted volume where barbican is off", f"volume {volume}")
    await volumes.ready(bench, "volume", volume)
    guest = bench.made.guests[0]
    await volumes.attach(bench, volume, guest)
    digest, _ = await volumes.contents(bench, volume, guest, "write")
    head = await beginning(bench, volume)
    if not head.startswith(_LUKS):
        raise Unproven("a LUKS header in the store", repr(head[:16]))
    await volumes.detach(bench, volume, guest)
    return f"written in {guest.name}, sha256 {digest[:12]}…; in the store it is LUKS"


PROOF = Proof(
    "volume-encrypted", "an encrypted volume", "cinder", run, place=240, needs=("volume-made", "metadata")
)  # fmt: skip
