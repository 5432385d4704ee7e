"""Keys on how the OpenStack services run."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, JsonValue

_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
_NAME_RULE: dict[str, JsonValue] = {"rule": "must be letters, digits, and . _ - in between"}


class OpenstackKeys(BaseModel, frozen=True, defer_build=True):
    """OpenStack services"""

    openstack_region_name: str = Field(
        "RegionOne", pattern=_NAME, json_schema_extra=_NAME_RULE, description="The region's name in the catalogue."
    )
    openstack_logging_debug: bool = Field(False, description="Log at level DEBUG.")
    openstack_service_workers: int = Field(1, ge=1, le=64, description="Worker processes of each API and service.")
    nova_compute_virt_type: Literal["auto", "kvm", "qemu"] = Field(
        "auto", description="`kvm`, `qemu` (emulation), or `auto`: KVM where a guest really boots with it."
    )
    skylift_resume_guests: bool = Field(
        True, description="Guests that ran are started again when the engine or the machine was restarted."
    )
    octavia_provider_drivers: str = Field(
        "ovn:OVN provider",
        pattern=r"^ovn:[^,:]+$",
        json_schema_extra={"rule": "must be the OVN provider alone, like «ovn:OVN provider»"},
        description="Octavia's providers, as `name:description`.",
    )
    keystone_admin_user: str = Field(
        "admin", pattern=_NAME, json_schema_extra=_NAME_RULE, description="The administrator's user name."
    )
    keystone_admin_project: str = Field(
        "admin", pattern=_NAME, json_schema_extra=_NAME_RULE, description="The administrator's project."
    )
    fernet_token_expiry: int = Field(86400, ge=300, le=2592000, description="Seconds a token is valid.")
    fernet_token_allow_expired_window: int = Field(
        172800, ge=0, le=2592000, description="Seconds for which services still take an expired token of a long task."
    )
    fernet_key_rotation_interval: int = Field(
        86400, ge=300, le=2592000, description="Seconds between rotations of the token keys."
    )
