"""Secrets. Barbican shows them to their own project only: of others' nothing can be listed, by nobody."""

from __future__ import annotations

from typing import Any

from skylift.model.holding import Client, Holding

TOLD = (
    "What is stored stays, encrypted, in the database, and cannot be read until barbican is on again."
    " The secrets of other projects are kept as well, and cannot be listed, not even by an administrator."
)
SERVICE, PATH = "key-manager", "/v1/secrets"
PAGE = 100


def found(api: Client) -> list[Holding]:
    """Return the secrets of the administrator's project with their types."""
    return [
        Holding("secret", str(one["name"] or _id(one)), api.project_id, str(one["secret_type"])) for one in _listed(api)
    ]


def remove(api: Client) -> int:
    """Delete the secrets of the administrator's project; others go with the database."""
    listed = _listed(api)
    for one in listed:
        api.delete(SERVICE, f"{PATH}/{_id(one)}")
    return len(listed)


def orphans(api: Client) -> list[str]:
    """Return nothing: secrets are kept nowhere else."""
    return []


def _listed(api: Client) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    if api.has(SERVICE):
        total = PAGE
        while len(listed) < total:
            answer = api.get(SERVICE, PATH, limit=PAGE, offset=len(listed))
            if not answer["secrets"]:
                break
            listed += answer["secrets"]
            total = int(answer["total"])
    return listed


def _id(secret: dict[str, Any]) -> str:
    return str(secret["secret_ref"]).rsplit("/", 1)[-1]
