"""Service users in keystone: what is to be done about each, and who must let go of tokens of one that is gone. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from skylift.model.container import ContainerSpec
from skylift.model.desired import ServiceAccount
from skylift.model.observed import ObservedApis
from skylift.plan.credentials import PASSWORD

UNKNOWN = "unknown until keystone answers"


def account_cause(account: ServiceAccount, apis: ObservedApis | None, *, arriving: bool, there: bool) -> str:
    """Return why a user needs something done; nothing when it is as it should be.

    ``arriving``: somebody sets its changed password in this run. ``there``: its service has containers.
    """
    if apis is None:
        return UNKNOWN
    roles, login = apis.accounts.get(account.id), apis.logins.get(account.id, "ok")
    if is_missing(account, apis):
        return "it is not there"
    causes = []
    if login == "off":
        causes.append("its domain is switched off")
    elif login == "disabled":
        causes.append("it was disabled through the API" if there else "it was disabled with its service")
    elif login == "refused" and not arriving:
        causes.append("its password was changed through the API; it is written in passwords.yml")
    if apis.project_off and not account.domain:
        causes.append("its project, service, was disabled through the API")
    if missing := sorted({"admin", *account.roles} - (roles or frozenset())):
        causes.append(f"it lacks the role {', '.join(missing)}")
    return ", ".join(causes)


def is_missing(account: ServiceAccount, apis: ObservedApis) -> bool:
    """Whether keystone has no such user."""
    return apis.logins.get(account.id, "" if account.id in apis.accounts else "missing") == "missing"


def orphans(
    accounts: tuple[ServiceAccount, ...], apis: ObservedApis | None, specs: Mapping[str, ContainerSpec]
) -> dict[str, tuple[ServiceAccount, ...]]:
    """Return the users that are to be made anew by the containers that log in as them.

    Keystone answers a token of a user that is gone with 404, which its clients do not take for an end of the token:
    whoever holds one is refused with it until it expires.
    """
    gone = [account for account in accounts if apis is not None and is_missing(account, apis)]
    found = {
        name: tuple(account for account in gone if f"{PASSWORD}{account.key}" in spec.inputs)
        for name, spec in specs.items()
        if not spec.job and spec.service != "keystone"
    }
    return {name: users for name, users in found.items() if users}
