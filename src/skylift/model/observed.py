"""What is there: the other input of planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skylift.model.container import ContainerState, Setup


@dataclass(frozen=True, slots=True)
class ObservedNetwork:
    """A network of the engine: subnet as text, labels."""

    name: str
    engine_id: str
    subnet: str
    labels: Mapping[str, str] = field(default_factory=dict)
    attached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObservedEndpoint:
    """One catalogue service and the URLs of its interfaces.

    ``disabled`` are interfaces (and ``service`` for the entry itself) that are switched off; ``doubled`` interfaces
    that have several endpoints.
    """

    type: str
    name: str
    urls: Mapping[str, str]
    disabled: frozenset[str] = frozenset()
    doubled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ObservedApis:
    """What keystone and the other APIs say. ``resources`` maps ``kind/name`` to attributes, or to None when absent.

    ``accounts`` maps a user to its roles in project ``service``, and ``USER@DOMAIN`` to those on the domain.
    ``logins`` says how keystone takes a service user with its password: ok, refused, disabled, off (its domain) or
    missing. ``made`` are users that bear Skylift's mark; asked for only where a service is off, and so
    are those of them that are ``disabled``. ``domains`` maps a
    domain's name to whether it is on, and whether it bears the mark. ``granted`` are the administrator's roles in his
    project. ``project_off``: project ``service`` is disabled, and none of its users is given a token for it.
    """

    catalogue: tuple[ObservedEndpoint, ...] = ()
    accounts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    resources: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    logins: Mapping[str, str] = field(default_factory=dict)
    made: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()
    domains: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)
    granted: frozenset[str] = frozenset()
    project_off: bool = False


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything of this cloud on the engines, and through the APIs (None while they do not answer)."""

    containers: Mapping[str, ContainerState] = field(default_factory=dict)
    networks: Mapping[str, ObservedNetwork] = field(default_factory=dict)
    volumes: frozenset[str] = frozenset()
    apis: ObservedApis | None = None
    images: Mapping[str, Setup] = field(default_factory=dict)
    """What each image in use sets for its containers, by image id."""
    refused: str = ""
    """The key of the administrator's password, where keystone runs and does not accept it."""
