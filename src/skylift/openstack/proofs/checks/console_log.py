"""Console log: what the guest wrote, whether or not it can be reached."""

from __future__ import annotations

from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven
from skylift.openstack.proofs.script import marker


async def run(bench: Bench) -> str:
    """Read the first guest's console until it has the line that user-data printed (any line where that did not run)."""
    guest, want = bench.made.guests[0], marker(bench.made.token) if bench.made.identified else ""
    expected = repr(want) if want else "a line"

    async def read() -> tuple[int | None, str]:
        lines = (await evidence.console_text(bench, guest)).splitlines()
        found = any(want in line for line in lines)
        return (len(lines) if found else None), (repr(lines[-1][:120]) if lines else "nothing yet")

    try:
        count = await bench.until(f"{expected} on the console of {guest.name}", read, seconds=30, every=1.0)
    except Unproven as failure:
        raise await evidence.add(bench, failure, guest) from failure
    return f"{count} lines, {expected} among them"


PROOF = Proof(
    "console-log", "the console log", "nova", run, place=110, needs=("guests",), after=("metadata",)
)  # fmt: skip
