"""Keys on what the cloud holds from the start. Upper-case ones are read from the environment too, as in Kolla."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from pydantic import BaseModel, Field

from skylift.settings.keys.types import Address, Addresses, Network, Range


class ResourceKeys(BaseModel, frozen=True, defer_build=True):
    """Initial resources"""

    skylift_initial_resources: bool = Field(
        True, description="Create networks, flavors, a key pair and guest images after the deployment."
    )
    EXT_NET_CIDR: Network | None = Field(
        None, description="The subnet of the external network. Unset: that of the engine's external network."
    )
    EXT_NET_RANGE: Range | None = Field(
        None,
        description="The addresses of it that Neutron hands out, as `start=A,end=B` or `A-B`. "
        "Unset: those the engine does not.",
    )
    EXT_NET_GATEWAY: Address | None = Field(
        None, description="The gateway of it. Unset: the engine's bridge, the first address."
    )
    DEMO_NET_CIDR: Network = Field(IPv4Network("10.0.0.0/24"), description="The subnet of the demo network.")
    DEMO_NET_GATEWAY: Address | None = Field(
        None, description="The demo router's address in it. Unset: the first address."
    )
    DEMO_NET_DNS: Addresses = Field(
        (IPv4Address("8.8.8.8"),), description="Name servers guests on the demo network are told."
    )


ENVIRONMENT = tuple(name for name in ResourceKeys.model_fields if name.isupper())
"""Keys that are also read from the environment; globals.yml goes first."""
