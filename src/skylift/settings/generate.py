"""New passwords, as Kolla makes them: 40 letters and digits, UUIDs, hex, SSH key pairs; and keys of Ceph's clients."""

from __future__ import annotations

import base64
import secrets
import string
import struct
import time
import uuid

from skylift.model.service import Password

LENGTH = 40
"""Letters and digits of a word: Kolla-Ansible's genpwd uses as many."""

_ALPHABET = string.ascii_letters + string.digits


def word() -> str:
    """Return 40 letters and digits, never all digits, so that YAML reads it as text."""
    while True:
        made = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
        # 1e5 and the like are numbers to YAML: a letter in front rules them all out.
        if made[0].isalpha() and not made.isalpha():
            return made


def key_pair() -> tuple[str, str]:
    """Return an Ed25519 private key (OpenSSH's form) and its public key in one line."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    return private, public


def cephx_key() -> str:
    """Return a new key of Ceph's authentication: type 1 (AES), time of making, length, 16 bytes; in base64.

    The form is CryptoKey's encoding in Ceph's ``src/auth/Crypto.h``.
    """
    key = secrets.token_bytes(16)
    return base64.b64encode(struct.pack("<HIIH", 1, int(time.time()), 0, len(key)) + key).decode("ascii")


def yaml_value(declared: Password) -> str:
    """Return the text that follows ``name:`` in passwords.yml for a new password of the declared kind."""
    if declared.kind == "uuid":
        return f" {uuid.uuid4()}"
    if declared.kind == "hex":
        # In quotes: 12345678901234567890123456789012 and 0e… would be numbers.
        return f' "{secrets.token_hex(16)}"'
    if declared.kind == "fernet":
        return f' "{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"'
    if declared.kind == "cephx":
        return f" {cephx_key()}"
    if declared.kind == "ssh-key":
        private, public = key_pair()
        block = "".join(f"    {line}\n" for line in private.strip().split("\n"))
        return f"\n  private_key: |\n{block}  public_key: {public}"
    return f" {word()}"
