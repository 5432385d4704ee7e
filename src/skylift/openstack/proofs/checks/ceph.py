"""Ceph is well, keeps what a client writes, and holds no disk that is nobody's."""

from __future__ import annotations

from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven

SIZE = 4 << 20
MONITOR = "ceph_mon"


async def inside(bench: Bench, *command: str) -> list[str]:
    """Return the lines of a command in the monitor's container. Raises Unproven when it fails."""
    name = f"{bench.ctx.cloud.nodes[0].container}-{MONITOR}"
    code, output = await bench.ctx.engine.run(name, command)
    if code != 0:
        raise Unproven(f"{command[0]} to succeed", output.strip()[-300:] or f"exit code {code}", ("skylift logs ceph",))
    return output.strip().splitlines()


async def contents(bench: Bench, kind: str) -> dict[str, str]:
    """Return what the pool of a kind (image, disk, volume, backup) holds: name to what it was copied from."""
    lines = [line.split() for line in await inside(bench, "ceph_contents")]
    return {line[1]: line[2] if len(line) > 2 else "" for line in lines if line[0] == kind}


async def run(bench: Bench) -> str:
    """Ask for the health, write and read an object, and look for disks whose guest is gone."""
    health = (await inside(bench, "ceph_report"))[-1]
    seconds, digest = (await inside(bench, "ceph_trial", str(SIZE)))[-1].split()
    await bench.until("no disk in the pool whose guest is gone", lambda: _strays(bench), seconds=10)
    return f"{health}; {SIZE >> 20} MiB written and read in {seconds} s, sha256 {digest[:12]}…"


async def _strays(bench: Bench) -> tuple[bool | None, str]:
    """Return True when there are none. A guest that comes or goes meanwhile is seen at the next look."""
    disks = await contents(bench, "disk")
    guests = {one["id"] for one in await bench.list("compute", "/servers", "servers", all_tenants=1)}
    strays = [name for name in disks if name[:36] not in guests]
    return (None if strays else True), f"{len(strays)} of {len(disks)}: {', '.join(strays[:3])}"


PROOF = Proof("ceph", "Ceph's health, an object written and read", "ceph", run, place=18, needs=("token",))
