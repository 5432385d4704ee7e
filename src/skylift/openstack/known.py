"""What keystone holds of the catalogue and of who may do what, read at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from skylift.openstack.answers import together
from skylift.openstack.client import Api
from skylift.openstack.domains import Domains
from skylift.openstack.errors import ApiProblem

PROJECT = "service"
DOMAIN = "default"
"""The id keystone gives the domain named Default."""
Item = dict[str, Any]


@dataclass
class Known:
    """What keystone holds, by the names we use.

    ``grants``: user → role names in project service, user@domain → role names on the domain. ``granted``: role names of
    the administrator in his project. ``projects``: the project ``service``, or none.
    """

    roles: dict[str, str]
    services: list[Item]
    endpoints: list[Item]
    grants: dict[str, set[str]] = field(default_factory=dict)
    granted: set[str] = field(default_factory=set)
    projects: list[Item] = field(default_factory=list)


def read(api: Api, domains: Domains) -> Known:
    """Ask for all of it, in six requests side by side; ``domains`` are read with it."""
    roles, services, endpoints, grants, projects, _ = together(
        [
            lambda: api.list("identity", "/v3/roles", "roles"),
            lambda: api.list("identity", "/v3/services", "services"),
            lambda: api.list("identity", "/v3/endpoints", "endpoints"),
            lambda: api.list("identity", "/v3/role_assignments?include_names=1", "role_assignments"),
            lambda: api.list("identity", "/v3/projects", "projects", name=PROJECT, domain_id=DOMAIN),
            domains.observe,
        ]
    )
    known = Known({role["name"]: role["id"] for role in roles}, services, endpoints, projects=projects)
    for grant in grants:
        _note(grant, known, api)
    return known


def create(api: Api, collection: str, key: str, body: Item, match: Item) -> Item:
    """Create, or find what somebody else has created at the same moment. Raises ApiProblem."""
    try:
        return dict(api.post("identity", f"/v3/{collection}", {key: body})[key])
    except ApiProblem as problem:
        if problem.status != 409:
            raise
        found = api.list("identity", f"/v3/{collection}", collection, **match)
        if not found:
            raise
        return found[0]


def _note(grant: Item, known: Known, api: Api) -> None:
    """Take in who has which role, where it is of interest."""
    user, role, scope = grant.get("user"), grant["role"]["name"], grant.get("scope", {})
    if user is None:
        return
    project, domain = scope.get("project", {}), scope.get("domain", {})
    if project.get("name") == PROJECT:
        known.grants.setdefault(user["name"], set()).add(role)
    elif user.get("id") == api.user_id and project.get("id") == api.project_id:
        known.granted.add(role)
    elif domain and user.get("domain", {}).get("name") == domain.get("name"):
        known.grants.setdefault(f"{user['name']}@{domain['name']}", set()).add(role)
