"""Ask the APIs what is there, in as few requests as possible."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from skylift.model.desired import Desired
from skylift.model.observed import ObservedApis
from skylift.model.problem import Problem
from skylift.openstack.answers import together
from skylift.openstack.catalogue import Catalogue
from skylift.openstack.client import Api
from skylift.openstack.resources import observe_all


def observe_apis(api: Api, desired: Desired) -> ObservedApis | None:
    """Return catalogue, service users and initial resources; None when keystone does not answer.

    When another API does not answer, its resources are left out, which the planner takes as unknown.
    """
    try:
        api.login()
    except Problem:
        return None
    catalogue, seen = together([Catalogue(api).observe, lambda: _resources(api, desired)])
    entries, accounts, roles = catalogue
    return ObservedApis(catalogue=entries, accounts=accounts, roles=roles, resources=seen)


def _resources(api: Api, desired: Desired) -> Mapping[str, Mapping[str, Any] | None]:
    """Ask for all kinds at once; when an API does not answer, for each kind alone, to know what can be known."""
    try:
        return observe_all(api, desired.resources)
    except Problem:
        seen: dict[str, Mapping[str, Any] | None] = {}
        for kind in sorted({resource.kind for resource in desired.resources}):
            with suppress(Problem):
                seen |= observe_all(api, [resource for resource in desired.resources if resource.kind == kind])
        return seen
