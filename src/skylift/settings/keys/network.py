"""Keys on the cloud's shape: nodes, engine networks, addresses."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from skylift.settings.keys.types import Address, Addresses, Domain, Network


class NetworkKeys(BaseModel, frozen=True, defer_build=True):
    """The cloud and its networks"""

    skylift_cloud_name: str = Field(
        "skylift",
        pattern=r"^[a-z][a-z0-9-]{0,15}$",
        json_schema_extra={"rule": "must be 1 to 16 lower-case letters, digits and hyphens, beginning with a letter"},
        description="The cloud's name: containers, networks and volumes on the engine begin with it.",
    )
    skylift_nodes: int = Field(
        1,
        ge=1,
        le=1,
        json_schema_extra={"rule": "must be 1: this version deploys one contained node"},
        description="How many contained nodes the cloud has.",
    )
    skylift_internal_cidr: Network | None = Field(
        None, description="The engine network the APIs are on. Unset: one that collides with nothing is chosen."
    )
    skylift_external_cidr: Network | None = Field(
        None,
        description="The engine network floating IPs are on. Unset: `EXT_NET_CIDR`, else one that is free.",
    )
    skylift_tunnel_cidr: Network | None = Field(
        None, description="The engine network between nodes. Unset: one that collides with nothing is chosen."
    )
    kolla_internal_vip_address: Address | None = Field(
        None, description="The one address of all APIs, within `skylift_internal_cidr`. Unset: the node's own."
    )
    kolla_external_vip_address: Address | None = Field(
        None, description="Must equal `kolla_internal_vip_address` so far; anything else has no effect."
    )
    neutron_plugin_agent: Literal["ovn"] = Field("ovn", description="How Neutron makes networks.")
    neutron_physical_networks: str = Field(
        "physnet1",
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        json_schema_extra={"rule": "must be one name: a contained node has one external network"},
        description="Neutron's name for the external network.",
    )
    neutron_bridge_name: str = Field(
        "br-ex",
        pattern=r"^[A-Za-z0-9_-]{1,15}$",
        json_schema_extra={"rule": "must be one name of at most 15 letters, digits, _ and -"},
        description="The Open vSwitch bridge of the external network.",
    )
    enable_neutron_qos: bool = Field(
        True,
        description="Policies on bandwidth (QoS) for networks, ports and floating IPs. Horizon's template editor"
        " asks for them.",
    )
    ovn_db_inactivity_probe: int = Field(
        60000,
        ge=0,
        le=86400000,
        description="Milliseconds after which OVN's databases ask a silent client; 0: never.",
    )
    ovn_remote_probe_interval: int = Field(
        60000,
        ge=0,
        le=86400000,
        description="Milliseconds after which OVN's controller asks the southbound database; 0: never.",
    )
    ovn_openflow_probe_interval: int = Field(
        60, ge=0, le=86400, description="Seconds after which OVN's controller asks a silent switch; 0: never."
    )
    ovn_monitor_all: bool = Field(
        True,
        description="Whether each OVN controller follows the whole southbound database: less work for the database.",
    )
    neutron_dns_domain: Domain = Field(
        "openstacklocal",
        json_schema_extra={"rule": "must be a domain name"},
        description="The domain of guests' names.",
    )
    neutron_dns_servers: Addresses = Field(
        (), description="Name servers for guests on subnets that name none. Empty: those of the node."
    )
