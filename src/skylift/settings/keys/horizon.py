"""Keys on the dashboard."""

from __future__ import annotations

from pydantic import BaseModel, Field


class HorizonKeys(BaseModel, frozen=True, defer_build=True):
    """Dashboard (Horizon)"""

    horizon_port: int = Field(
        80,
        ge=1,
        le=65535,
        description="The dashboard's port at the address of the APIs (`kolla_internal_vip_address`).",
    )
