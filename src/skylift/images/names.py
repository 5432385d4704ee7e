"""What images are called: the one place that knows."""

from __future__ import annotations

from dataclasses import dataclass

from skylift.model.secret import Secret

DISTRIBUTION = "debian-trixie"
DEFAULT_RELEASE = "2026.2"
DEFAULT_NAMESPACE = "openstack.kolla"
LOCAL = "skylift"
FAMILIES = "skylift-build"
"""Repository of the family images, which are parents only."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where images come from: built here when ``registry`` is empty, else pulled.

    The fields are the globals.yml keys docker_registry, docker_namespace, openstack_release, openstack_tag and
    docker_registry_insecure, docker_registry_username. Without a user the credentials are looked up where the docker
    client keeps them.
    """

    registry: str = ""
    namespace: str = DEFAULT_NAMESPACE
    release: str = DEFAULT_RELEASE
    openstack_tag: str = ""
    insecure: bool = False
    username: str = ""
    password: Secret = Secret("")  # noqa: RUF009 - frozen

    @property
    def pulled(self) -> bool:
        """True when images are pulled instead of built."""
        return bool(self.registry)

    @property
    def tag(self) -> str:
        """The tag of every image: Kolla's ``release-distribution-version``; of pulled ones, what the user set."""
        if not self.pulled:
            return f"{DEFAULT_RELEASE}-{DISTRIBUTION}"
        return self.openstack_tag or f"{self.release}-{DISTRIBUTION}"

    def repository(self, name: str) -> str:
        """Return the repository of a Kolla image name, with the registry where there is one."""
        if not self.pulled:
            return f"{LOCAL}/{name}"
        return "/".join(part for part in (self.registry, self.path(name)) if part)

    def path(self, name: str) -> str:
        """Return the repository as the registry itself calls it: ``openstack.kolla/nova-api``."""
        return f"{self.namespace.strip('/')}/{name}" if self.namespace else name

    def reference(self, name: str) -> str:
        """Return the full reference of a Kolla image name."""
        return f"{self.repository(name)}:{self.tag}"


def family_tag(key: str) -> str:
    """Return the tag of a family image: the start of its key."""
    return key[:16]
