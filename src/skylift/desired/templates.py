"""Rendering of a service's templates: strict Jinja2, nothing guessed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

from skylift.model.cloud import Cloud, Node
from skylift.model.desired import CatalogueEntry, ServiceAccount
from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.model.service import Database, Service
from skylift.services import COMMON_TEMPLATES


class Revealed:
    """Passwords by attribute, for templates only: what they render goes to files of mode 0600."""

    def __init__(self, passwords: Mapping[str, Secret]) -> None:
        self._passwords = passwords

    def __getattr__(self, name: str) -> str:
        try:
            return self._passwords[name].reveal()
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> str:
        return self._passwords[name].reveal()


@dataclass(frozen=True)
class RenderContext:
    """What templates may know. ``settings`` has Kolla's keys as attributes."""

    settings: Any
    passwords: Mapping[str, Secret]
    cloud: Cloud
    enabled: frozenset[str]
    databases: Sequence[Database]
    accounts: Sequence[ServiceAccount] = ()
    catalogue: Sequence[CatalogueEntry] = ()
    roles: Sequence[str] = ()

    def variables(self, node: Node) -> dict[str, Any]:
        """Return the template variables for ``node``. Addresses of shared services are the API address."""
        api = self.cloud.api_address

        def database_url(name: str) -> str:
            for database in self.databases:
                if database.name == name:
                    password = quote(self.passwords[database.password].reveal(), safe="")
                    return f"mysql+pymysql://{database.user}:{password}@{api}:3306/{name}?charset=utf8"
            raise KeyError(f"no declared database {name!r}")

        def url(port: int) -> str:
            return f"http://{api}:{port}"

        return {
            "settings": self.settings,
            "passwords": Revealed(self.passwords),
            "cloud": self.cloud,
            "node": node,
            "machine": self.cloud.machine,
            "api_address": api,
            "enabled": self.enabled,
            "databases": self.databases,
            "accounts": self.accounts,
            "catalogue": self.catalogue,
            "roles": self.roles,
            "database_url": database_url,
            "url": url,
            "keystone_url": url(5000),
            "memcached_servers": f"{api}:11211",
            "transport_url": self._transport_url(api),
        }

    def _transport_url(self, api: str) -> str:
        secret = self.passwords.get("rabbitmq_password")
        return f"rabbit://openstack:{quote(secret.reveal(), safe='')}@{api}:5672//" if secret else ""


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
