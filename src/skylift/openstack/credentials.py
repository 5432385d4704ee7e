"""Who asks OpenStack's APIs, and where."""

from __future__ import annotations

from dataclasses import dataclass

from skylift.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks, and where: the fields of one cloud in ``clouds.yaml``. ``auth_url`` may end in /v3."""

    auth_url: str
    username: str
    password: Secret
    project_name: str
    region_name: str = "RegionOne"
    user_domain_name: str = "Default"
    project_domain_name: str = "Default"
    interface: str = "public"

    @property
    def keystone(self) -> str:
        """Keystone's address without a version."""
        return self.auth_url.rstrip("/").removesuffix("/v3")
