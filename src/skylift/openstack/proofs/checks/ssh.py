"""Ssh: the guest lets the key in that Nova was given."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

from skylift.openstack.proofs import evidence
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection

_USER = "root"


async def run(bench: Bench) -> str:
    """Log in over the floating IP, from the probe, and run ``hostname``."""
    guest = bench.made.guests[0]
    # It takes half a second; the other proofs go on meanwhile.
    await asyncio.to_thread(importlib.import_module, "asyncssh")

    async def ask() -> tuple[str | None, str]:
        import asyncssh

        try:
            async with await _log_in(bench, guest.floating) as connection:
                done = await connection.run("hostname", timeout=20)
        except asyncssh.PermissionDenied as error:
            raise Unproven(f"{_USER}@{guest.floating} to accept the key", str(error)) from error
        except (asyncssh.Error, OSError, TimeoutError) as error:
            return None, f"{type(error).__name__}: {error}"
        output = str(done.stdout).strip()
        return (output if output == guest.name else None), f"hostname printed {output!r}"

    try:
        await bench.until(f"ssh {_USER}@{guest.floating} hostname", ask, seconds=60, every=1.0)
    except Unproven as failure:
        raise await evidence.add(bench, failure, guest) from failure
    return f"{_USER}@{guest.floating} with the key, hostname {guest.name}"


async def _log_in(bench: Bench, host: str) -> SSHClientConnection:
    import asyncssh

    key = asyncssh.import_private_key(bench.made.private_key.reveal())
    sock = await bench.probe.connect(host, 22)
    # The guest is new and so is its host key; nothing of the user's own ssh configuration plays a part.
    return await asyncssh.connect(
        host, sock=sock, username=_USER, client_keys=[key], known_hosts=None, config=None, agent_path=None,
        connect_timeout=20, login_timeout=20,
    )  # fmt: skip


PROOF = Proof("ssh", "ssh to a guest with its key", "nova", run, place=80, needs=("metadata",))
