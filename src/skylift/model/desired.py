"""What the settings mean, in full: the input of planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skylift.model.cloud import Cloud
from skylift.model.container import ContainerSpec
from skylift.model.secret import Secret

MADE = "made by Skylift"
"""The end of the description of what Skylift made in keystone."""


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
    """A service user in keystone, with its password and its roles in project ``service``.

    ``key`` is the password's key in passwords.yml. With ``domain`` it is in that domain, and has its roles on it.
    """

    service: str
    name: str
    password: Secret
    roles: tuple[str, ...]
    key: str = ""
    domain: str = ""

    @property
    def id(self) -> str:
        """``name``, or ``name@domain``: what it is known by here."""
        return f"{self.name}@{self.domain}" if self.domain else self.name

    @property
    def description(self) -> str:
        """What keystone says of the user; its end is the mark by which a user of ours is known."""
        return f"{'Administrator of the domain' if self.domain else 'User'} of the service {self.service}, {MADE}"


@dataclass(frozen=True, slots=True)
class ServiceDomain:
    """A domain in keystone that a service keeps users in."""

    service: str
    name: str
    about: str

    @property
    def description(self) -> str:
        """What keystone says of the domain; its end is the mark by which one of ours is known."""
        return f"{self.about}, {MADE}" if self.about else f"Users of the service {self.service}, {MADE}"


@dataclass(frozen=True, slots=True)
class Retired:
    """A declared service that is off, and what there may still be of it that no other service has.

    ``source`` says who switched it off (``globals.yml:3`` or ``default``). ``volumes`` hold nothing worth keeping and
    always go. ``roles``, ``databases`` (pairs of database and its user) and ``data_volumes`` go only when ``erase``;
    ``domains``, and an ``account`` that is ``trusted``, are switched off, and go then too.
    ``requires`` are services that must answer for the removal. ``graces`` pairs a container with the seconds it is
    given at its stop.
    """

    service: str
    source: str
    catalogue: tuple[CatalogueEntry, ...] = ()
    account: str = ""
    trusted: bool = False
    domains: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    databases: tuple[tuple[str, str], ...] = ()
    volumes: tuple[str, ...] = ()
    data_volumes: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    graces: tuple[tuple[str, int], ...] = ()
    erase: bool = False

    @property
    def cause(self) -> str:
        """Why its remains go, in the user's terms."""
        return f"{self.service} is off ({self.source})" if self.source != "default" else f"{self.service} is off"


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
    retired: tuple[Retired, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    """What to tell of a service when it is made or changed: its name, and a line."""
    domains: tuple[ServiceDomain, ...] = ()
    granted: frozenset[str] = frozenset()
    """Those of ``roles`` that the administrator has in his project."""
