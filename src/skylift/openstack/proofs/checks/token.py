"""A token: keystone knows the user and hands out a catalogue."""

from __future__ import annotations

from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven


async def run(bench: Bench) -> str:
    """Log in anew, and have keystone confirm the token that it gave."""
    api = bench.ctx.api

    def log_in() -> str:
        api.renew()
        api.login()
        return api.token.reveal()

    token = await bench.calls.run(log_in)
    confirmed = await bench.calls.run(
        lambda: api.request("GET", "identity", "/v3/auth/tokens", headers={"X-Subject-Token": token}).json()
    )
    user, catalogue = confirmed["token"]["user"]["name"], confirmed["token"]["catalog"]
    if user != api.credentials.username:
        raise Unproven(f"a token of user {api.credentials.username}", f"one of user {user}")
    return f"user {user}, {len(catalogue)} services in the catalogue"


PROOF = Proof("token", "a token", "keystone", run, place=10)
