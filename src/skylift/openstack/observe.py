"""Ask the APIs what is there, in as few requests as possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from skylift.model.desired import Desired
from skylift.model.observed import ObservedApis
from skylift.model.problem import Problem
from skylift.openstack.answers import together
from skylift.openstack.catalogue import Catalogue
from skylift.openstack.client import Api
from skylift.openstack.errors import ApiProblem
from skylift.openstack.resources import observe_all
from skylift.openstack.users import login


@dataclass(frozen=True, slots=True)
class Answers:
    """``apis`` is None when keystone does not answer, or ``refused`` the login and no other was known."""

    apis: ObservedApis | None
    refused: bool = False


def observe_apis(api: Api, desired: Desired, former: Api | None = None) -> Answers:
    """Return catalogue, service users and initial resources.

    ``former`` logs in with the password that worked last: it is used where ``api`` is refused. When another API does
    not answer, its resources are left out, which the planner takes as unknown.
    """
    # Keystone hashes the service users' passwords while the administrator's is hashed and the others answer.
    tries: list[Callable[[], Any]] = [partial(login, api.credentials, account) for account in desired.accounts]
    seen, *logins = together([partial(_as_administrator, api, former, desired), *tries], width=len(tries) + 1)
    if seen.catalogue is None:
        return Answers(None, seen.refused)
    states = {account.id: state for account, state in zip(desired.accounts, logins, strict=True) if state}
    refused = [account for account in desired.accounts if states.get(account.id) == "refused"]
    states |= {account.id: seen.catalogue.users.why_refused(account) for account in refused}
    apis = replace(seen.apis, logins=states)
    if any(one.account for one in desired.retired):
        apis = replace(apis, made=seen.catalogue.users.made(), disabled=seen.catalogue.users.disabled())
    return Answers(apis, seen.refused)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the administrator sees; ``catalogue`` is None where it cannot log in."""

    refused: bool
    catalogue: Catalogue | None = None
    apis: ObservedApis = field(default_factory=ObservedApis)


def _as_administrator(api: Api, former: Api | None, desired: Desired) -> _Seen:
    try:
        api.login()
    except ApiProblem as problem:
        if problem.code != "api-login-refused":
            return _Seen(False)
        seen = _as_administrator(former, None, desired) if former is not None else _Seen(True)
        return replace(seen, refused=True)
    catalogue = Catalogue(api)
    apis, resources = together([catalogue.observe, partial(_resources, api, desired)])
    return _Seen(False, catalogue, replace(apis, resources=resources))


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
