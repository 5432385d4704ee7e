"""What people open in a browser: the services' pages, with their addresses."""

from __future__ import annotations

from collections.abc import Iterable

from skylift.model.service import Service
from skylift.model.service_container import HttpCheck
from skylift.settings import Settings

HTTP = 80


def pages(services: Iterable[Service], settings: Settings, address: str) -> dict[str, str]:
    """Return the URL of each page of these services by its name. Each is where its container's check asks."""
    found = {}
    for container in (container for service in services for container in service.containers if container.page):
        check = container.check
        if isinstance(check, HttpCheck):
            port = int(getattr(settings, check.port_key)) if check.port_key else check.port
            found[container.page] = f"http://{address}{'' if port == HTTP else f':{port}'}/"
    return found
