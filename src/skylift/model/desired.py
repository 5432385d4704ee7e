"""What the settings mean, in full: the input of planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skylift.model.cloud import Cloud
from skylift.model.container import ContainerSpec
from skylift.model.secret import Secret


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A service of the catalogue with its endpoint URL (public, internal and admin are the same)."""

    service: str
    type: str
    name: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service user in keystone, with its password and its roles in project ``service``."""

    service: str
    name: str
    password: Secret
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """An initial resource behind an OpenStack API, identified by ``kind`` and ``name``.

    ``values`` are the attributes it should have; references to other resources are written
    ``{"ref": "network/public1"}``. ``after`` names resources (``kind/name``) and services that must be there first.
    ``source`` says where the value came from (``globals.yml:12`` or ``default``).
    """

    kind: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    source: str = "default"

    @property
    def id(self) -> str:
        """``kind/name``."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Desired:
    """The whole cloud as it should be. ``data_volumes`` is the subset of ``volumes`` that holds user data."""

    cloud: Cloud
    volumes: tuple[str, ...]
    data_volumes: frozenset[str]
    containers: tuple[ContainerSpec, ...]
    catalogue: tuple[CatalogueEntry, ...] = ()
    accounts: tuple[ServiceAccount, ...] = ()
    roles: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
