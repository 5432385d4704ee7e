"""One handler for each action on an API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from skylift.model.desired import CatalogueEntry, Resource, ServiceAccount
from skylift.model.plan import Operation
from skylift.openstack import resources
from skylift.openstack.catalogue import Catalogue
from skylift.openstack.client import Api

FetchFile = Callable[[str], Awaitable[Path]]
"""Returns a local file for the ``path`` of an image resource."""


class ApiHandlers:
    """Handlers that share one client; the catalogue is read once for all of them."""

    def __init__(self, api: Api, fetch: FetchFile) -> None:
        self.api = api
        self.fetch = fetch
        self.catalogue = Catalogue(api)

    def table(self) -> dict[str, Callable[[Operation], Awaitable[str]]]:
        """Return the handler of each action."""
        return {
            "role.ensure": self.role_ensure,
            "account.ensure": self.account_ensure,
            "endpoint.ensure": self.endpoint_ensure,
            "resource.ensure": self.resource_ensure,
        }

    async def role_ensure(self, operation: Operation) -> str:
        return await asyncio.to_thread(self.catalogue.ensure_role, operation.target)

    async def account_ensure(self, operation: Operation) -> str:
        account: ServiceAccount = operation.payload
        return await asyncio.to_thread(self.catalogue.ensure_account, account)

    async def endpoint_ensure(self, operation: Operation) -> str:
        entry: CatalogueEntry = operation.payload
        return await asyncio.to_thread(self.catalogue.ensure_entry, entry)

    async def resource_ensure(self, operation: Operation) -> str:
        resource: Resource = operation.payload
        if "path" in resource.values:
            path = await self.fetch(str(resource.values["path"]))
            resource = replace(resource, values={**resource.values, "path": str(path)})
        # The session's catalogue was read before the endpoints of this run were made.
        return await asyncio.to_thread(resources.ensure, self.api, resource)
