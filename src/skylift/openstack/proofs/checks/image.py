"""An image: what comes back from Glance is what was sent."""

from __future__ import annotations

import hashlib
import os

from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof, Unproven

_SIZE = 1 << 20


async def run(bench: Bench) -> str:
    """Upload random bytes, download them, compare, delete the image."""
    api = bench.ctx.api
    sent = os.urandom(_SIZE)
    image = await bench.post(
        "image",
        "/v2/images",
        {"name": f"{PREFIX}-image", "disk_format": "raw", "container_format": "bare", "visibility": "private"},
    )
    path = f"/v2/images/{image['id']}"
    await bench.calls.run(lambda: api.upload("image", f"{path}/file", sent))
    received = await bench.calls.run(lambda: api.request("GET", "image", f"{path}/file").content)
    want, have = hashlib.sha256(sent).hexdigest(), hashlib.sha256(received).hexdigest()
    if want != have:
        raise Unproven(f"{_SIZE} bytes with sha256 {want}", f"{len(received)} bytes with sha256 {have}")
    bench.made.stores = str((await bench.get("image", path)).get("stores", ""))
    await bench.delete("image", path)
    return f"{_SIZE >> 20} MiB up and down, sha256 {have[:12]}…"


PROOF = Proof("image", "image upload and download", "glance", run, place=20, needs=("token", "leftovers"))
