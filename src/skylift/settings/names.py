"""Which names exist: Skylift's keys, Kolla-Ansible's, and the nearest to one that does not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

# Names Kolla-Ansible forms from a service's or container's name and that are in no list of defaults.
_FORMED = re.compile(r"^[a-z][a-z0-9_]*_(max_fail_percentage|healthcheck_[a-z_]+|dimensions|extra_volumes)$")

_CONTAINED = "a contained node has interfaces of its own, the machine's are not touched"
WHY = {
    "network_interface": _CONTAINED,
    "api_interface": _CONTAINED,
    "tunnel_interface": _CONTAINED,
    "dns_interface": _CONTAINED,
    "migration_interface": _CONTAINED,
    "neutron_external_interface": _CONTAINED,
    "kolla_external_vip_interface": _CONTAINED,
    "octavia_network_interface": _CONTAINED,
    "enable_haproxy": "with one node nothing stands in front of the services",
    "enable_keepalived": "with one node nothing stands in front of the services",
    "enable_proxysql": "with one node nothing stands in front of the database",
    "kolla_container_engine": "the engine is found by its socket",
    "workaround_ansible_issue_8743": "nothing here needs it",
}
"""Why some of Kolla's keys have no effect: said in the warning."""


@cache
def kolla_keys() -> frozenset[str]:
    """Return the names of Kolla-Ansible's variables (group variables and the roles' defaults, 2026.2)."""
    return _lines("kolla_keys.txt")


@cache
def kolla_passwords() -> frozenset[str]:
    """Return the names in Kolla-Ansible's passwords.yml (2026.2)."""
    return _lines("kolla_passwords.txt")


def is_kolla_key(name: str) -> bool:
    """True for a variable Kolla-Ansible knows, or forms from another name."""
    return name in kolla_keys() or _FORMED.match(name) is not None


def is_password(name: str) -> bool:
    """True for a name that belongs in passwords.yml."""
    return name in kolla_passwords() or name.endswith("_password")


def nearest(name: str, supported: Iterable[str]) -> str | None:
    """Return the known name most like ``name``: a supported one when it is close, else any of Kolla's, else None."""
    low = name.lower().replace("-", "_")
    own = {key.lower(): key for key in supported}
    # Comparing with all of Kolla's 3,900 names takes long; only those of about the same length can be near.
    theirs = {key.lower(): key for key in kolla_keys() if abs(len(key) - len(low)) <= 4}
    for keys, likeness in ((own, 0.75), (theirs, 0.8), (own, 0.6)):
        if found := difflib.get_close_matches(low, list(keys), 1, likeness):
            return keys[found[0]]
    # A name that is a part of one of ours: debug, region_name.
    inside = [key for key in own if f"_{low}_" in f"_{key}_"]
    return own[min(inside, key=len)] if inside else None


def _lines(name: str) -> frozenset[str]:
    return frozenset((Path(__file__).parent / name).read_text(encoding="ascii").split())
