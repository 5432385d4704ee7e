"""Ask the APIs what is there, in as few requests as possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
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
    try:
        api.login()
    except ApiProblem as problem:
        if problem.code != "api-login-refused":
            return Answers(None)
        if former is None:
            return Answers(None, refused=True)
        return Answers(observe_apis(former, desired).apis, refused=True)
    except Problem:
        return Answers(None)
    catalogue = Catalogue(api)
    # Everything at once: keystone hashes passwords while the others answer.
    calls: list[Callable[[], Any]] = [partial(catalogue.login, account) for account in desired.accounts]
    calls += [catalogue.observe, partial(_resources, api, desired)]
    *logins, (entries, accounts, roles), seen = together(calls, width=len(calls))
    states = {account.name: login for account, login in zip(desired.accounts, logins, strict=True) if login}
    states |= {name: catalogue.why_refused(name) for name, login in states.items() if login == "refused"}
    made = catalogue.made() if any(one.account for one in desired.retired) else frozenset()
    return Answers(ObservedApis(entries, accounts, roles, seen, states, made))


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
