"""One handler for each action on an API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from skylift.model.desired import CatalogueEntry, Resource, ServiceAccount, ServiceDomain
from skylift.model.plan import Operation
from skylift.openstack import holdings, resources
from skylift.openstack.catalogue import Catalogue
from skylift.openstack.client import Api

FetchFile = Callable[[str], Awaitable[Path]]
"""Returns a local file for the ``path`` of an image resource."""


Contents = Callable[[str], Awaitable[Sequence[str] | None]]
"""Returns what a service's own container names of users' things, None where it has no such command."""


async def _nothing(service: str) -> None:
    return None


class ApiHandlers:
    """Handlers that share two clients.

    A client knows the endpoints that were in the catalogue when it logged in, so resources need one that logs in
    after the catalogue was made. The catalogue itself is read once for all handlers.
    """

    def __init__(self, client: Callable[[], Api], fetch: FetchFile, contents: Contents | None = None) -> None:
        self.api = client()
        self.fetch = fetch
        self.contents = contents or _nothing
        self.catalogue = Catalogue(client())

    def table(self) -> dict[str, Callable[[Operation], Awaitable[str]]]:
        """Return the handler of each action."""
        return {
            "role.ensure": self.role_ensure,
            "domain.ensure": self.domain_ensure,
            "account.ensure": self.account_ensure,
            "endpoint.ensure": self.endpoint_ensure,
            "resource.ensure": self.resource_ensure,
            "endpoint.remove": self.endpoint_remove,
            "account.disable": self.account_disable,
            "account.remove": self.account_remove,
            "role.remove": self.role_remove,
            "domain.disable": self.domain_disable,
            "domain.remove": self.domain_remove,
            "holdings.remove": self.holdings_remove,
            "agent.enable": self.agent_enable,
        }

    async def agent_enable(self, operation: Operation) -> str:
        service, identity, binary = operation.payload
        if service == "neutron":
            body: dict[str, object] = {"agent": {"admin_state_up": True}}
            await asyncio.to_thread(self.api.put, "network", f"/v2.0/agents/{identity}", body)
        elif service == "cinder":
            body = {"host": identity, "binary": binary}
            await asyncio.to_thread(self.api.put, "block-storage", "/os-services/enable", body)
        else:
            await asyncio.to_thread(self.api.put, "compute", f"/os-services/{identity}", {"status": "enabled"})
        return ""

    async def role_ensure(self, operation: Operation) -> str:
        return await asyncio.to_thread(self.catalogue.ensure_role, operation.target, granted=operation.payload)

    async def domain_ensure(self, operation: Operation) -> str:
        domain: ServiceDomain = operation.payload
        return await asyncio.to_thread(self.catalogue.ensure_domain, domain)

    async def domain_disable(self, operation: Operation) -> str:
        return await asyncio.to_thread(self.catalogue.disable_domain, operation.target)

    async def domain_remove(self, operation: Operation) -> str:
        return await asyncio.to_thread(self.catalogue.remove_domain, operation.target)

    async def account_ensure(self, operation: Operation) -> str:
        account: ServiceAccount = operation.payload
        return await asyncio.to_thread(self.catalogue.ensure_account, account)

    async def endpoint_ensure(self, operation: Operation) -> str:
        entry: CatalogueEntry = operation.payload
        return await asyncio.to_thread(self.catalogue.ensure_entry, entry)

    async def endpoint_remove(self, operation: Operation) -> str:
        entry: CatalogueEntry = operation.payload
        return await asyncio.to_thread(self.catalogue.remove_entry, entry)

    async def account_disable(self, operation: Operation) -> str:
        return await asyncio.to_thread(self.catalogue.users.disable, operation.target)

    async def account_remove(self, operation: Operation) -> str:
        return await asyncio.to_thread(self.catalogue.remove_account, operation.target)

    async def role_remove(self, operation: Operation) -> str:
        return await asyncio.to_thread(self.catalogue.remove_role, operation.target)

    async def holdings_remove(self, operation: Operation) -> str:
        contents = await self.contents(operation.target)
        return await asyncio.to_thread(holdings.remove, self.api, operation.target, contents)

    async def resource_ensure(self, operation: Operation) -> str:
        resource: Resource = operation.payload
        if "path" in resource.values:
            path = await self.fetch(str(resource.values["path"]))
            resource = replace(resource, values={**resource.values, "path": str(path)})
        return await asyncio.to_thread(resources.ensure, self.api, resource)
