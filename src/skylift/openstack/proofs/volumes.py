"""What the proofs on volumes share: made, waited for, attached, and looked at from inside a guest."""

from __future__ import annotations

from typing import Any

from skylift.openstack.errors import ApiProblem
from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import PREFIX, Bench, Guest
from skylift.openstack.proofs.proof import Unproven
from skylift.openstack.proofs.script import DISKS

SERVICE = "block-storage"
_SERIAL = 20
"""Letters of a serial number that a virtio disk shows; the number is the volume's id."""


async def create(bench: Bench, name: str, size: int = 1, **more: Any) -> str:
    """Ask for a volume of ``size`` GiB called ``skylift-verify-NAME`` and return its id."""
    body = {"name": f"{PREFIX}-{name}", "size": size, **more}
    return str((await bench.post(SERVICE, "/volumes", {"volume": body}))["volume"]["id"])


async def ready(bench: Bench, kind: str, identity: str, status: str = "available", seconds: float = 60) -> Any:
    """Wait until a volume, snapshot or backup has this status and return it. Raises Unproven for an error."""

    async def look() -> tuple[Any, str]:
        found = (await bench.get(SERVICE, f"/{kind}s/{identity}"))[kind]
        seen = str(found["status"])
        if "error" in seen and "error" not in status:
            raise Unproven(f"the {kind} to be {status}", seen, await _messages(bench, identity))
        return (found if seen == status else None), seen

    return await bench.until(f"the {kind} {status}", look, seconds=seconds, every=0.3)


async def gone(bench: Bench, kind: str, *identities: str, seconds: float = 60) -> None:
    """Wait until these volumes, snapshots or backups are not there any more."""

    async def look() -> tuple[bool | None, str]:
        found = await bench.list(SERVICE, f"/{kind}s/detail", f"{kind}s")
        left = [item for item in found if item["id"] in identities]
        if stuck := [item for item in left if "error" in item["status"]]:
            raise Unproven(f"the {kind} to go", stuck[0]["status"], await _messages(bench, stuck[0]["id"]))
        return (None if left else True), ", ".join(str(item["status"]) for item in left)

    await bench.until(f"the {kind} to go", look, seconds=seconds, every=0.3)


async def attach(bench: Bench, volume: str, guest: Guest) -> None:
    """Attach a volume to a running guest and wait until Cinder calls it in use."""
    body = {"volumeAttachment": {"volumeId": volume}}
    await bench.post("compute", f"/servers/{guest.id}/os-volume_attachments", body)
    try:
        await ready(bench, "volume", volume, "in-use")
    except Unproven as failure:
        raise await evidence.add(bench, failure, guest) from failure


async def detach(bench: Bench, volume: str, guest: Guest) -> None:
    """Detach a volume from a running guest, which has to give it up, and wait until Cinder calls it available."""
    await bench.delete("compute", f"/servers/{guest.id}/os-volume_attachments/{volume}")
    try:
        await ready(bench, "volume", volume)
    except Unproven as failure:
        raise await evidence.add(bench, failure, guest) from failure


async def contents(bench: Bench, volume: str, guest: Guest, action: str = "read") -> tuple[str, int]:
    """Return the digest of a volume's first MiB, and its size in GiB, as a guest sees them.

    ``action`` write has the guest write random bytes first.
    """
    first = bench.made.guests[0]
    query = f"{action}-{volume[:_SERIAL]}"
    page = f":{DISKS}/cgi-bin/disk?{query}" if guest is first else f"/cgi-bin/other?disk-{query}"

    async def look() -> tuple[tuple[str, int] | None, str]:
        answer = await bench.probe.get(f"http://{first.floating}{page}", 14.0)
        words = answer.body.split()
        if answer.status == 200 and len(words) == 2 and words[1].isdigit():
            return (words[0], int(words[1]) >> 21), ""
        return None, answer.seen

    try:
        return await bench.until(f"{guest.name} to {action} its volume {volume}", look, seconds=45)
    except Unproven as failure:
        raise await evidence.add(bench, failure, guest) from failure


async def same(bench: Bench, volume: str, guest: Guest) -> int:
    """Attach ``volume`` to ``guest`` for a moment and return the size in GiB.

    Raises Unproven unless the guest reads what was written.
    """
    await attach(bench, volume, guest)
    digest, size = await contents(bench, volume, guest)
    await detach(bench, volume, guest)
    if digest != bench.made.written:
        raise Unproven(f"{guest.name} to read what was written, sha256 {bench.made.written[:16]}", digest[:16])
    return size


async def _messages(bench: Bench, identity: str) -> tuple[str, ...]:
    """Return what Cinder tells its users of something that failed. Never raises: evidence is a gift."""
    try:
        found = await bench.list(SERVICE, "/messages", "messages", resource_uuid=identity)
    except ApiProblem as problem:
        return (problem.detail,)
    return tuple(f"cinder: {one['user_message']}" for one in found)
