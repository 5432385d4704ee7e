"""The key pair that the guests are given."""

from __future__ import annotations

from skylift.model.secret import Secret
from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Proof


def pair(private: Secret | None) -> tuple[Secret, str]:
    """Return a private key in OpenSSH form and its public half (type and base64); a new ed25519 pair for None.

    Raises ValueError when ``private`` is no key that can be read without a passphrase.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import ssh

    key: ssh.SSHPrivateKeyTypes
    if private is None:
        key = Ed25519PrivateKey.generate()
    else:
        data = private.reveal().strip().encode() + b"\n"
        if b"OPENSSH PRIVATE KEY" in data:
            key = form.load_ssh_private_key(data, None)
        else:
            key = form.load_pem_private_key(data, None)  # type: ignore[assignment]
    text = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption()).decode()
    public = key.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH).decode()
    return Secret(text), public


async def run(bench: Bench) -> str:
    """Register the public half."""
    made = bench.made
    made.private_key, made.public_key = pair(bench.ctx.ssh_key)
    await bench.post("compute", "/os-keypairs", {"keypair": {"name": PREFIX, "public_key": made.public_key}})
    return made.public_key.split()[0]


PROOF = Proof("key", "a key pair", "nova", run, needs=("token", "leftovers"), shown=False)
