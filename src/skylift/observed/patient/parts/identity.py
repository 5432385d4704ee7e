"""Keystone: a login as the administrator, its clock, and the keys of its tokens."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from skylift.engines.files import read_folder
from skylift.model.patient_infra import Identity, KeyFile
from skylift.model.problem import Problem
from skylift.observed.patient.bed import Bed, not_running

PART, SOURCE = "identity", "skylift openstack token issue"
KEYS = "/etc/keystone/fernet-keys"
KEY_BYTES = 32


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``identity``, and let those go on who wait for the login."""
    began = time.monotonic()
    entry, keys = await asyncio.gather(_login(bed), _keys(bed))
    login, said, ahead = entry
    return {"identity": Identity(login, said, time.monotonic() - began, ahead, keys)}


async def _login(bed: Bed) -> tuple[str, str, float | None]:
    try:
        if not bed.runs("keystone"):
            raise not_running("keystone", bed.states.get("keystone"))
        asked = time.time()
        await bed.call(bed.api.login)
    except Problem as problem:
        bed.entry.set_exception(problem)
        # Nobody may be waiting for it.
        bed.entry.exception()
        refused = problem.code == "api-login-refused"
        return ("refused" if refused else "failed"), problem.detail or problem.summary, None
    answered = time.time()
    bed.entry.set_result(None)
    return "ok", "", await _ahead(bed, asked, answered)


async def _ahead(bed: Bed, asked: float, answered: float) -> float | None:
    """Return how much keystone's clock is before the machine's, from when it says it made our token."""
    try:
        token = await bed.call(lambda: bed.api.token)
        answer = await bed.call(
            bed.api.request, "GET", "identity", "/v3/auth/tokens", headers={"X-Subject-Token": token.reveal()}
        )
        issued = datetime.fromisoformat(answer.json()["token"]["issued_at"].rstrip("Z")).replace(tzinfo=UTC).timestamp()
    except (Problem, ValueError, KeyError):
        return None
    return max(0.0, issued - answered) or min(0.0, issued - asked + 1.0)


async def _keys(bed: Bed) -> dict[str, tuple[KeyFile, ...]]:
    holders = [
        name
        for name, spec in bed.specs.items()
        if spec.service == "keystone" and not spec.job and any(mount.target == KEYS for mount in spec.mounts)
    ]
    found = {}
    for name in holders:
        if name in bed.states:
            try:
                async with bed.patience.limit(3.0):
                    texts = await read_folder(bed.engine, bed.states[name].name, KEYS)
            except (Problem, TimeoutError):
                continue
            found[name] = keys(texts)
    return found


def keys(texts: Mapping[str, str]) -> tuple[KeyFile, ...]:
    """Return the keys in files by path, in order of number. The digest says whether two are the same, and no more."""
    named = {path.rsplit("/", 1)[-1]: text for path, text in texts.items()}
    return tuple(
        KeyFile(int(name), hashlib.sha256(named[name].encode()).hexdigest()[:12], is_key(named[name]))
        for name in sorted((name for name in named if name.isdigit()), key=int)
    )


def is_key(text: str) -> bool:
    """Return whether a text is a Fernet key: 32 bytes in URL-safe base64."""
    try:
        return len(base64.urlsafe_b64decode(text.strip())) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
