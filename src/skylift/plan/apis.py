"""Operations on what lives behind the OpenStack APIs: roles, service users, catalogue entries, initial resources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from skylift.model.container import LABEL
from skylift.model.desired import CatalogueEntry, Desired, Resource, ServiceDomain
from skylift.model.observed import Observed, ObservedApis
from skylift.model.plan import Operation
from skylift.model.service_container import HttpCheck
from skylift.plan.accounts import UNKNOWN, account_cause
from skylift.plan.compare import changed_inputs
from skylift.plan.containers import ContainerPlanner
from skylift.plan.credentials import PASSWORD

UNKNOWN_TILL_LOGIN = "unknown until keystone takes the administrator's password"


@dataclass
class ApiOperations:
    """Catalogue operations come before what uses the catalogue; resources come last."""

    catalogue: list[Operation] = field(default_factory=list)
    resources: list[Operation] = field(default_factory=list)


def api_operations(desired: Desired, observed: Observed, planner: ContainerPlanner) -> ApiOperations:
    """Return the operations on everything behind an API that is not as it should be."""
    result = ApiOperations()
    apis = observed.apis
    keystone = tuple(name for name, spec in planner.specs.items() if spec.service == "keystone")
    answers = planner.ready_needs(keystone)
    roles = [
        Operation(
            f"role.ensure:{role}",
            "role.ensure",
            role,
            cause,
            "keystone",
            answers,
            payload=role in desired.granted,
        )
        for role in desired.roles
        if (cause := _role_cause(role, role in desired.granted, apis))
    ]
    role_ids = frozenset(operation.id for operation in roles)
    domains = [
        Operation(
            f"domain.ensure:{domain.name}", "domain.ensure", domain.name, cause, domain.service, answers, payload=domain
        )
        for domain in desired.domains
        if (cause := _domain_cause(domain, apis))
    ]
    domain_ids = {operation.target: operation.id for operation in domains}
    # Whoever makes keystone's users sets a password that changed in passwords.yml.
    arriving = {
        one.name
        for name in keystone
        if planner.findings[name].verdict != "keep"
        for one in changed_inputs(planner.specs[name], observed.containers.get(name))
    }
    there = {state.labels.get(LABEL + "service") for state in observed.containers.values()}
    accounts = [
        Operation(
            f"account.ensure:{account.id}",
            "account.ensure",
            account.id,
            cause,
            account.service,
            answers
            | role_ids
            | planner.stopped_for(account)
            | frozenset({domain_ids[account.domain]} if account.domain in domain_ids else ()),
            payload=account,
        )
        for account in desired.accounts
        if (
            cause := account_cause(
                account, apis, arriving=f"{PASSWORD}{account.key}" in arriving, there=account.service in there
            )
        )
    ]
    entries = [
        Operation(
            f"endpoint.ensure:{entry.name}", "endpoint.ensure", entry.name, cause, entry.service, answers, payload=entry
        )
        for entry in desired.catalogue
        if (cause := _entry_cause(entry, apis))
    ]
    result.catalogue = roles + domains + accounts + entries
    catalogue_ids = frozenset(operation.id for operation in result.catalogue)
    planned: set[str] = set()
    for resource in desired.resources:
        cause = _resource_cause(resource, apis, planned)
        if cause:
            planned.add(resource.id)
            needs = catalogue_ids | answers | _behind(resource, planner)
            needs |= {f"resource.ensure:{name}" for name in resource.after if name in planned}
            result.resources.append(
                Operation(
                    id=f"resource.ensure:{resource.id}",
                    action="resource.ensure",
                    target=resource.id,
                    cause=cause,
                    service=resource.kind,
                    needs=needs,
                    payload=resource,
                )
            )
    if apis is None and observed.refused:
        for operations in (result.catalogue, result.resources):
            operations[:] = [replace(one, cause=UNKNOWN_TILL_LOGIN) for one in operations]
    return result


def _behind(resource: Resource, planner: ContainerPlanner) -> frozenset[str]:
    """Return what to wait for until the APIs of the services that the resource comes after can be used."""
    needs: frozenset[str] = frozenset()
    for service in resource.after:
        specs = [spec for spec in planner.specs.values() if spec.service == service and not spec.job]
        apis = [spec for spec in specs if isinstance(spec.check, HttpCheck)]
        needs |= planner.ready_needs(tuple(spec.name for spec in apis or specs))
    return needs


def _role_cause(role: str, granted: bool, apis: ObservedApis | None) -> str:
    if apis is None:
        return UNKNOWN
    if role not in apis.roles:
        return "it is not there"
    return "the administrator does not have it" if granted and role not in apis.granted else ""


def _domain_cause(domain: ServiceDomain, apis: ObservedApis | None) -> str:
    if apis is None:
        return UNKNOWN
    if domain.name not in apis.domains:
        return "it is not there"
    on, _ = apis.domains[domain.name]
    return "" if on else "it is switched off"


def _entry_cause(entry: CatalogueEntry, apis: ObservedApis | None) -> str:
    if apis is None:
        return UNKNOWN
    found = [known for known in apis.catalogue if known.type == entry.type and known.name == entry.name]
    if not found:
        return "it is not there"
    causes = ["it is listed more than once"] if len(found) > 1 else []
    one = max(found, key=lambda known: sum(url == entry.url for url in known.urls.values()))
    if "service" in one.disabled:
        causes.append("it was disabled through the API")
    for interface in ("public", "internal", "admin"):
        if interface not in one.urls:
            causes.append(f"its {interface} URL is missing")
        elif interface in one.doubled:
            causes.append(f"it has several {interface} URLs")
        elif one.urls[interface] != entry.url:
            causes.append(f"its {interface} URL is {one.urls[interface]}, not {entry.url}")
        elif interface in one.disabled:
            causes.append(f"its {interface} URL was disabled through the API")
    return ", ".join(causes)


def _resource_cause(resource: Resource, apis: ObservedApis | None, planned: set[str]) -> str:
    if apis is None:
        return UNKNOWN
    if resource.id not in apis.resources:
        service = next((name for name in resource.after if "/" not in name), "its API")
        return f"unknown until {service} answers"
    found = apis.resources[resource.id]
    if found is None:
        return "it is not there"
    for name in resource.after:
        if name in planned:
            return f"{name} changes"
    for key, value in resource.values.items():
        if key in found and found[key] != value:
            return f"{key} is {_short(found[key])}, not {_short(value)} ({resource.source})"
    return ""


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
