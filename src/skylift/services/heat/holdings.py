"""Stacks. What is in them lives in other services, and goes with them."""

from __future__ import annotations

import time

from skylift.model.holding import Client, Holding
from skylift.model.problem import Problem

TOLD = (
    "What is in stacks stays and goes on working; until heat is on again stacks cannot be changed or removed,"
    " and guests cannot report to them."
)
SERVICE = "orchestration"
SECONDS = 300.0
EVERYBODYS = {"global_tenant": "true"}


def found(api: Client) -> list[Holding]:
    """Return the stacks of all projects with their states. Stacks within stacks are left out."""
    return [
        Holding("stack", str(one["stack_name"]), str(one["project"]), str(one["stack_status"])) for one in _listed(api)
    ]


def remove(api: Client) -> int:
    """Delete every stack with all that is in it; wait until none is left.

    Raises Problem ``holdings-remain`` for those that are not gone in time.
    """
    listed = _listed(api)
    for one in listed:
        _delete(api, one)
    deadline = time.monotonic() + SECONDS
    while left := _listed(api):
        if time.monotonic() > deadline:
            names = ", ".join(f"{one['stack_name']} ({one['stack_status']})" for one in left)
            raise Problem(
                code="holdings-remain",
                summary="Not everything that users have in a service could be removed",
                detail=f"stacks that are still there: {names}",
                fix="skylift logs heat\nThen repeat the command.",
                where="heat",
            )
        time.sleep(0.5)
        for one in left:
            if one["stack_status"] == "DELETE_FAILED":
                _delete(api, one)
    return len(listed)


def orphans(api: Client) -> list[str]:
    """Return nothing: what stacks have made cannot be told from what users made themselves."""
    return []


def _listed(api: Client) -> list[dict[str, object]]:
    return api.list(SERVICE, "/stacks", "stacks", **EVERYBODYS) if api.has(SERVICE) else []


def _delete(api: Client, stack: dict[str, object]) -> None:
    api.delete(SERVICE, f"/stacks/{stack['stack_name']}/{stack['id']}")
