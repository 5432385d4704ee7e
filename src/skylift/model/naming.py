"""What the targets and actions of operations are called by people."""

from __future__ import annotations

import re

_NODE = re.compile(r"^(?P<cloud>.+?)-(?P<node>node\d+)(?:-(?P<short>.+))?$")
_GROUPED = {
    "network.create": "networks",
    "volume.create": "volumes",
    "domain.ensure": "domains",
    "role.ensure": "roles",
    "account.ensure": "service users",
    "endpoint.ensure": "endpoints",
    "endpoint.remove": "endpoints",
    "account.disable": "service users",
    "account.remove": "service users",
    "role.remove": "roles",
    "domain.disable": "domains",
    "domain.remove": "domains",
    "database.remove": "databases",
    "network.remove": "networks",
    "volume.remove": "volumes",
}


def short(target: str) -> str:
    """Return what a target is called: ``nova_api`` for ``skylift-node1-nova_api``, elsewhere ``nova_api@node2``."""
    match = _NODE.match(target)
    if match is None:
        return target
    if match["short"] is None:
        return match["node"]
    return match["short"] if match["node"] == "node1" else f"{match['short']}@{match['node']}"


def kind(action: str) -> str:
    """Return what an action acts on: ``container`` for ``container.create``."""
    return action.split(".", 1)[0]


def verb(action: str) -> str:
    """Return the action itself: ``create`` for ``container.create``."""
    return action.rsplit(".", 1)[-1]


def group(action: str) -> str:
    """Return the word under which many small operations are shown as one line, or nothing."""
    return _GROUPED.get(action, "")
