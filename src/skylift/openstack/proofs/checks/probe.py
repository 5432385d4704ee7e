"""The probe: a small container on the external network from which everything outside is asked."""

from __future__ import annotations

import secrets

from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.probe import Probe
from skylift.openstack.proofs.proof import Proof


async def run(bench: Bench) -> str:
    """Start it and have it serve a page that nobody can guess."""
    probe = await Probe.start(bench.ctx.engine, bench.ctx.cloud, bench.ctx.probe_image)
    bench.made.probe = probe
    bench.made.token = secrets.token_hex(8)
    await probe.serve(f"outside {bench.made.token}")
    return probe.address


PROOF = Proof("probe", "a probe container on the external network", "neutron", run, shown=False)
