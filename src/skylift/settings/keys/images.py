"""Keys on the release and where images come from."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from skylift.settings.keys.types import Registry


class ImageKeys(BaseModel, frozen=True, defer_build=True):
    """Release and images"""

    openstack_release: Literal["2026.2"] = Field("2026.2", description="The OpenStack release that is deployed.")
    kolla_base_distro: Literal["debian"] = Field("debian", description="The distribution the images are made from.")
    openstack_tag: str = Field(
        "",
        pattern=r"^$|^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
        json_schema_extra={"rule": "must be an image tag like 2026.2-debian-trixie"},
        description="The tag of images pulled from `docker_registry`. Empty: `<release>-debian-trixie`.",
    )
    docker_registry: Registry = Field(
        "",
        json_schema_extra={"rule": "must be host or host:port, without http:// and without a path"},
        description="Pull images from this registry (`host` or `host:port`). Empty: build them on this machine.",
    )
    docker_namespace: str = Field(
        "openstack.kolla",
        pattern=r"^[a-z0-9]+([._/-]+[a-z0-9]+)*$",
        json_schema_extra={"rule": "must be lower-case words joined by . _ - or /"},
        description="The namespace of the images in the registry.",
    )
    docker_registry_username: str = Field(
        "",
        pattern=r"^[^:\s]*$",
        json_schema_extra={"rule": "must be a name without blanks and colons"},
        description="The user at the registry. The password is `docker_registry_password` in passwords.yml.",
    )
    docker_registry_insecure: bool = Field(False, description="Speak HTTP with the registry, or trust any certificate.")
