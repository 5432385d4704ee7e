"""Rendering of a service's templates: strict Jinja2, nothing guessed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
)

from skylift.desired.overrides import NodeOverrides
from skylift.desired.recording import (
    Record,
    RecordedItems,
    RecordedMachine,
    RecordedPasswords,
    RecordedServices,
    RecordedSettings,
    RecordedText,
)
from skylift.model.cloud import Cloud, Node
from skylift.model.desired import CatalogueEntry, ServiceAccount, ServiceDomain
from skylift.model.inputs import Input
from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.model.service import Database, Service
from skylift.services import COMMON_TEMPLATES
from skylift.settings.overrides import Overrides


@dataclass(frozen=True)
class RenderContext:
    """What templates may know. ``settings`` has Kolla's keys as attributes; ``switches`` says where each service's
    switch was set (``globals.yml:3``), by name; ``dashboards`` pairs a service with a module that it adds
    to Horizon."""

    settings: Any
    passwords: Mapping[str, Secret]
    cloud: Cloud
    enabled: frozenset[str]
    databases: Sequence[Database]
    domains: Sequence[ServiceDomain] = ()
    accounts: Sequence[ServiceAccount] = ()
    catalogue: Sequence[CatalogueEntry] = ()
    api_ports: Sequence[int] = ()
    identity_topics: Mapping[str, str] = field(default_factory=dict)
    roles: Sequence[str] = ()
    granted: Sequence[str] = ()
    switches: Mapping[str, str] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=Overrides)
    dashboards: Sequence[tuple[str, str]] = ()

    def variables(self, node: Node, record: Record) -> dict[str, Any]:
        """Return the template variables for ``node``. Addresses of shared services are the API address.

        What a template asks for is noted in ``record``.
        """
        api = self.cloud.api_address
        passwords = RecordedPasswords(self.passwords, record)
        enabled = RecordedServices(self.enabled, record, self.switches)
        listening = RecordedServices(frozenset(self.identity_topics), record, self.switches)

        def database_url(name: str) -> str:
            for database in self.databases:
                if database.name == name:
                    password = quote(passwords[database.password], safe="")
                    return f"mysql+pymysql://{database.user}:{password}@{api}:3306/{name}?charset=utf8"
            raise KeyError(f"no declared database {name!r}")

        def url(port: int) -> str:
            return f"http://{api}:{port}"

        def transport_url() -> str:
            return f"rabbit://openstack:{quote(passwords['rabbitmq_password'], safe='')}@{api}:5672//"

        return {
            "settings": RecordedSettings(self.settings, record),
            "passwords": passwords,
            "cloud": self.cloud,
            "node": node,
            "machine": RecordedMachine(self.cloud.machine, record),
            "api_address": api,
            "enabled": enabled,
            "databases": RecordedItems(self.databases, enabled),
            "domains": RecordedItems(self.domains, enabled),
            "accounts": RecordedItems(self.accounts, enabled),
            "catalogue": RecordedItems(self.catalogue, enabled),
            "identity_topics": RecordedItems(tuple(self.identity_topics.values()), listening),
            "api_ports": RecordedItems(self.api_ports, enabled),
            "roles": RecordedItems(self.roles, enabled),
            "granted": RecordedItems(self.granted, enabled),
            "dashboards": self.dashboards,
            "database_url": database_url,
            "url": url,
            "keystone_url": url(5000),
            "memcached_servers": f"{api}:11211",
            "transport_url": RecordedText(transport_url),
        }


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered template and what it was made from."""

    text: str
    inputs: tuple[Input, ...]


class Renderer:
    """Renders for one node. A template that several containers share is rendered once.

    ``overrides`` are what the user makes of the results.
    """

    def __init__(self, context: RenderContext, node: Node) -> None:
        self.context = context
        self.node = node
        self._record = Record()
        self._variables = context.variables(node, self._record)
        self.overrides = NodeOverrides(context.overrides, node, self._variables, self._record)
        self._done: dict[tuple[str, str], Rendered] = {}

    def render(self, service: Service, template: str) -> Rendered:
        """Return the rendered ``template`` of ``service``.

        Raises Problem ``template-failed`` naming template and variable: a fault of the declaration, not of the user.
        """
        key = (service.name, template)
        if key not in self._done:
            self._record.take()
            text = render(service, template, self._variables)
            self._done[key] = Rendered(text, self._record.take())
        return self._done[key]


@cache
def _compiled() -> FileSystemBytecodeCache | None:
    """Return a place for compiled templates, beside Python's own: compiling all of them takes 0.3 s at every look."""
    folder = COMMON_TEMPLATES.parents[1] / "__pycache__"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder), "%s.jinja") if os.access(folder, os.W_OK) else None


@lru_cache(maxsize=64)
def _environment(folder: Path) -> Environment:
    common = FileSystemLoader(COMMON_TEMPLATES)
    # Configuration files are no HTML: escaping would corrupt passwords.
    environment = Environment(  # noqa: S701
        loader=ChoiceLoader([FileSystemLoader(folder / "templates"), common, PrefixLoader({"common": common})]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )
    environment.tests["contains"] = lambda container, item: item in container
    environment.filters["json"] = json.dumps
    environment.filters["sql"] = _sql_literal
    return environment


def _sql_literal(text: str) -> str:
    """Quote ``text`` as an SQL string literal (NO_BACKSLASH_ESCAPES not set)."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def render(service: Service, template: str, variables: Mapping[str, Any]) -> str:
    """Return the rendered text of ``template`` of ``service``.

    Raises Problem ``template-failed`` naming template and variable: a fault of the declaration, not of the user.
    """
    try:
        return _environment(service.folder).get_template(template).render(variables)
    except (TemplateError, KeyError) as error:
        line = getattr(error, "lineno", None)
        raise Problem(
            code="template-failed",
            summary="A configuration template could not be rendered",
            detail=f"{type(error).__name__}: {error}",
            fix="This is a fault of Skylift's declaration: please report it with this text.",
            where=f"services/{service.name}/templates/{template}" + (f":{line}" if line else ""),
        ) from error
