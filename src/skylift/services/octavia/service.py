"""Octavia: load balancers, made by OVN in the network itself (no virtual machines of its own)."""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Database, Endpoint, Password, Service, ServiceUser
from skylift.model.service_container import CommandCheck, ConfigFile, Container, HttpCheck, Storage
from skylift.model.service_image import Image, Packages, Schema
from skylift.services.common.overrides import merged, policy
from skylift.services.common.schema import schema_job

OVERRIDE = merged("octavia", extras=(policy("octavia"),))
CONF = ConfigFile("octavia.conf.j2", "/etc/octavia/octavia.conf", "octavia", override=OVERRIDE)
SOCKETS = Storage("octavia_driver_agent", "/var/run/octavia", "sockets between the API's driver and the driver agent")
OWNERS = (("/var/run/octavia", "octavia:octavia"),)
OVN = ("ovn_nb_db", "ovn_sb_db")

SERVICE = Service(
    name="octavia",
    title="Load balancer",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="octavia_api",
            image=Image("octavia-api", "openstack", "octavia"),
            command="uwsgi --ini /etc/octavia/octavia-api-uwsgi.ini",
            files=(CONF, ConfigFile("octavia-api-uwsgi.ini.j2", "/etc/octavia/octavia-api-uwsgi.ini", "octavia")),
            check=HttpCheck(9876, "/", 200),
            # Its OVN driver looks for the agent's sockets, and waits ever longer between its attempts.
            after=("octavia_schema", *OVN, "octavia_driver_agent"),
            storage=(SOCKETS,),
            permissions=OWNERS,
            grace=3,
        ),
        Container(
            name="octavia_driver_agent",
            # The API waits for it, and is the last to be ready.
            weight=4,
            image=Image("octavia-driver-agent", "openstack", "octavia"),
            command="octavia-driver-agent --config-file /etc/octavia/octavia.conf",
            files=(CONF,),
            # The last of its three sockets.
            check=CommandCheck(("test", "-S", "/var/run/octavia/get.sock")),
            after=("octavia_schema", *OVN),
            storage=(SOCKETS,),
            permissions=OWNERS,
            grace=3,
        ),
    ),
    jobs=(
        schema_job(
            "octavia",
            "octavia_api",
            ("octavia=/etc/octavia/octavia.conf:database",),
            "octavia-db-manage --config-file /etc/octavia/octavia.conf upgrade head",
        ),
    ),
    databases=(Database("octavia", "octavia", "octavia_database_password"),),
    endpoints=(
        Endpoint(
            "load-balancer",
            "octavia",
            "OpenStack Load Balancing Service",
            9876,
            question="/v2/lbaas/loadbalancers?limit=1",
        ),
    ),
    user=ServiceUser("octavia", "octavia_keystone_password"),
    roles=(
        "load-balancer_observer",
        "load-balancer_global_observer",
        "load-balancer_member",
        "load-balancer_quota_admin",
        "load-balancer_admin",
    ),
    passwords=(Password("octavia_database_password"), Password("octavia_keystone_password")),
    requires=("keystone", "mariadb", "memcached", "rabbitmq", "neutron", "ovn"),
    enabled_by="enable_octavia",
    package="octavia",
    proofs=("load-balancer",),
    packages=(
        Packages(
            "openstack",
            # The API's framework needs it; the Python index has it as source only.
            debian=("python3-simplegeneric", "openvswitch-switch", "python3-openvswitch"),
            python=("octavia==19.0.0", "ovn-octavia-provider==11.0.0", "python-octaviaclient", "octavia-dashboard"),
        ),
        Packages("client", python=("python-octaviaclient",)),
    ),
    schemas=(Schema("octavia", "octavia-db-manage --config-file CONFIG upgrade head", seconds=4),),
    options=("octavia", "octavia.*"),
    dashboards=("octavia_dashboard",),
    memory=296,
)
