"""What every use case starts from: the settings, the declared services and a connection to the engine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from skylift import services
from skylift.desired.build import enabled_services, images_of
from skylift.engines import Engine
from skylift.images import Source
from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.model.service import Service
from skylift.model.service_image import Image
from skylift.openstack.client import Api, Credentials
from skylift.settings import (
    Overrides,
    Passwords,
    Settings,
    config_dir,
    load,
    load_overrides,
    load_passwords,
    load_text,
    passwords_of,
)

ADMIN_PASSWORD = "keystone_admin_password"  # noqa: S105 - a key
GLOBALS, PASSWORDS = "globals.yml", "passwords.yml"


def read(
    folder: Path, declared: Sequence[Service], texts: Mapping[str, str] = MappingProxyType({})
) -> tuple[Settings, Overrides, Passwords]:
    """Return what the configuration folder says; ``texts`` stand for files of it, by name.

    Missing passwords are generated into their file, which is last, so that nothing is written while anything else of
    the folder is wrong. Raises Problem.
    """
    text = texts.get(GLOBALS)
    settings = load(folder, declared) if text is None else load_text(text, declared, os.environ)
    overrides = load_overrides(folder, settings)
    words = [password for service in declared for password in service.passwords]
    passwords = load_passwords(folder, words)
    if PASSWORDS in texts:
        passwords = passwords_of(texts[PASSWORDS], words, former=passwords)
    return settings, overrides, passwords


@dataclass
class Workspace:
    """An open configuration folder and an open engine.

    ``erase`` names services that are off and whose data go as well. ``pinned`` are ids of images by reference, which
    are taken instead of those that the recipes or the registry have now.
    """

    folder: Path
    settings: Settings
    passwords: Passwords
    declared: tuple[Service, ...]
    engine: Engine
    erase: frozenset[str] = frozenset()
    overrides: Overrides = field(default_factory=Overrides)
    pinned: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        config: Path | None = None,
        *,
        texts: Mapping[str, str] = MappingProxyType({}),
        erase: frozenset[str] = frozenset(),
    ) -> AsyncIterator[Workspace]:
        """Read the settings, then reach the engine. Raises Problem for whatever is wrong with either.

        ``texts`` stand for files of the folder, by name, as if they had been written.
        """
        folder = config_dir(config)
        declared = services.load()
        settings, overrides, passwords = read(folder, declared, texts)
        async with await Engine.open() as engine:
            yield cls(folder, settings, passwords, declared, engine, erase, overrides)

    @property
    def cloud_name(self) -> str:
        """The cloud's name: prefix of everything it makes."""
        return self.settings.keys.skylift_cloud_name

    @cached_property
    def enabled(self) -> tuple[Service, ...]:
        """The services that are on. Raises Problem ``requirement-missing``."""
        on = {service.name: self.settings.enables(service.enabled_by) for service in self.declared}
        sources = self.settings.sources
        return enabled_services(self.declared, on, self.settings.enables, lambda key: sources.get(key, ""))

    def require(self, names: tuple[str, ...]) -> None:
        """Raise Problem ``service-not-on`` unless each of ``names`` is a service, and on."""
        on = [service.name for service in self.enabled]
        for name in names:
            if name not in on:
                declared = [service.name for service in self.declared]
                near = get_close_matches(name, on, n=3, cutoff=0.5)
                raise Problem(
                    code="service-not-on",
                    summary="A plan can be limited to services that are on",
                    detail=f"{name} is off" if name in declared else f"there is no service {name}",
                    fix=f"--only {near[0]}" if near else f"One or more of: {', '.join(on)}",
                )

    @cached_property
    def images(self) -> tuple[Image, ...]:
        """The images that the enabled services need."""
        return images_of(self.enabled)

    @property
    def source(self) -> Source:
        """Where images come from: built here, or pulled from a registry of the settings."""
        keys = self.settings.keys
        return Source(
            registry=keys.docker_registry,
            namespace=keys.docker_namespace,
            release=keys.openstack_release,
            openstack_tag=keys.openstack_tag,
            insecure=keys.docker_registry_insecure,
            username=keys.docker_registry_username,
            password=self.passwords.optional("docker_registry_password") or Secret(""),
        )

    def secret(self, name: str) -> Secret:
        """Return a password by its key in passwords.yml."""
        return self.passwords.get(name)

    def mask(self, text: str) -> str:
        """Return ``text`` with every password replaced by ``***``."""
        return self.passwords.mask(text)

    def credentials(self, api_address: str, password: Secret | None = None) -> Credentials:
        """Return the administrator's credentials for the cloud at ``api_address``, with another password if given."""
        return Credentials(
            auth_url=f"http://{api_address}:5000/v3",
            username=self.settings.keystone_admin_user,
            password=password or self.secret(ADMIN_PASSWORD),
            project_name=self.settings.keystone_admin_project,
            region_name=self.settings.openstack_region_name,
        )

    def api(
        self, api_address: str, *, patience: float = 0.0, timeout: float = 120.0, password: Secret | None = None
    ) -> Api:
        """Return a client for the APIs; nothing is sent yet."""
        return Api(self.credentials(api_address, password), patience=patience, timeout=timeout)
