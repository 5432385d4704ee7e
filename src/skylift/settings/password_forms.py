"""What a password must look like to do its work, by kind. Nothing here shows a value."""

from __future__ import annotations

import base64
import binascii
import difflib
import re
import struct
import uuid
from collections.abc import Collection

SHORTEST = 6
"""Letters of a password that a person chose. A shorter one is soon guessed, and masking it in logs would hide half of
what they say: «admin» is in every other line."""

NEAR = 0.9
"""How alike (difflib's ratio) an unknown name is to a missing one that must have been meant."""


def wrong_form(kind: str, value: str) -> str:
    """Return what is wrong with a value of this kind, to follow the password's name; empty when nothing is."""
    if kind == "uuid":
        return "" if _is_uuid(value) else "must be a UUID"
    if kind == "hex":
        return "" if re.fullmatch(r"[0-9a-fA-F]+", value) else "must be hexadecimal digits"
    if kind == "fernet":
        return "" if len(_decoded(value, b"-_")) == 32 else "must be 32 bytes in URL-safe base64, as of a Fernet key"
    if kind == "cephx":
        return "" if _is_cephx(value) else "must be a key of Ceph, as ceph-authtool makes it: 28 bytes in base64"
    if len(value) < SHORTEST:
        return f"has {len(value)} letters, and {SHORTEST} are the least"
    return ""


def wrong_pair(private: str, public: str) -> str:
    """Return what is wrong with the two halves of an SSH key; empty when nothing is."""
    if not re.match(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s", private.lstrip()) or "-----END " not in private:
        return "has a private_key that is none: it begins with -----BEGIN and ends with -----END"
    words = public.split()
    if len(words) < 2 or not re.fullmatch(r"[a-z0-9@.-]+", words[0]) or not _names(words[0], _decoded(words[1])):
        return "has a public_key that is none: it is one line like ssh-ed25519 AAAA…"
    return ""


def meant(name: str, missing: Collection[str]) -> str:
    """Return the missing password that an unknown name must have been meant for, or nothing."""
    near = difflib.get_close_matches(name.lower().replace("-", "_"), missing, 1, NEAR)
    return near[0] if near else ""


def _names(kind: str, blob: bytes) -> bool:
    """An SSH key repeats its kind in its first field (RFC 4253, 6.6)."""
    return len(blob) > 4 and blob[4:].startswith(kind.encode()) and struct.unpack(">I", blob[:4])[0] == len(kind)


def _is_cephx(value: str) -> bool:
    raw = _decoded(value)
    # Type 1 (AES), time of making in seconds and nanoseconds, length, key.
    return len(raw) == 28 and struct.unpack("<HIIH", raw[:12])[::3] == (1, 16)


def _decoded(value: str, letters: bytes = b"+/") -> bytes:
    try:
        return base64.b64decode(value.encode("ascii"), letters, validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return b""


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True
