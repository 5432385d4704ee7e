"""Neutron: networks, routers, floating IPs, all of them carried out by OVN."""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Database, Endpoint, Password, Service, ServiceUser
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Grant, HttpCheck, Override
from skylift.model.service_image import Image, Packages, Schema
from skylift.services.common.overrides import merged, policy
from skylift.services.common.schema import schema_job

OVERRIDE = merged("neutron", extras=(policy("neutron"),))
CONF = ConfigFile("neutron.conf.j2", "/etc/neutron/neutron.conf", "neutron", override=OVERRIDE)
ML2 = ConfigFile(
    "ml2_conf.ini.j2",
    "/etc/neutron/plugins/ml2/ml2_conf.ini",
    "neutron",
    override=Override(("neutron/ml2_conf.ini", "neutron/{host}/ml2_conf.ini"), options="neutron"),
)
METADATA = ConfigFile(
    "neutron_ovn_metadata_agent.ini.j2",
    "/etc/neutron/neutron_ovn_metadata_agent.ini",
    "neutron",
    override=Override(("neutron/neutron_ovn_metadata_agent.ini",), options="neutron"),
)
IMAGE = Image("neutron-server", "openstack", "neutron")
ARGUMENTS = "--config-file /etc/neutron/neutron.conf --config-file /etc/neutron/plugins/ml2/ml2_conf.ini"
BEHIND = ("neutron_schema", "ovn_nb_db", "ovn_sb_db")


def worker(name: str, program: str, check: tuple[str, ...], *after: str) -> Container:
    """Return the container of a program that works beside the API; ``check`` tells that it can."""
    return Container(
        name=name,
        image=IMAGE,
        command=f"{program} {ARGUMENTS}",
        files=(CONF, ML2),
        check=CommandCheck(check),
        after=(*BEHIND, *after),
        grace=3,
    )


def connected(program: str, port: str) -> tuple[str, ...]:
    """Return the check that ``program`` has a connection to ``port``."""
    return ("healthcheck_port", program, port)


SERVICE = Service(
    name="neutron",
    title="Networking",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="neutron_server",
            image=IMAGE,
            command="/usr/local/bin/neutron_server_start",
            files=(
                CONF,
                ML2,
                ConfigFile("neutron-server-uwsgi.ini.j2", "/etc/neutron/neutron-server-uwsgi.ini", "neutron"),
                ConfigFile("neutron_server_start.sh.j2", "/usr/local/bin/neutron_server_start", "root", "0755"),
                ConfigFile("skylift_neutron_api.py.j2", "/etc/neutron/wsgi/skylift_neutron_api.py", "neutron"),
            ),
            check=HttpCheck(9696, "/", 200),
            after=BEHIND,
            grace=3,
            weight=4,
        ),
        worker("neutron_rpc_server", "neutron-rpc-server", connected("neutron-rpc-server", "5672"), "rabbitmq"),
        # It listens nowhere and connects only when a task is due, up to a minute and a half later: what can be seen is
        # the child that its master starts when all plug-ins are loaded.
        worker(
            "neutron_periodic_worker",
            "neutron-periodic-workers",
            ("pgrep", "-f", "neutron-server: services worker"),
            "rabbitmq",
        ),
        worker(
            "neutron_ovn_maintenance_worker",
            "neutron-ovn-maintenance-worker",
            connected("neutron-ovn-maintenance-worker", "6641"),
        ),
        Container(
            name="neutron_ovn_metadata_agent",
            role="compute",
            image=Image("neutron-metadata-agent", "openstack", "neutron"),
            user="neutron",
            command="neutron-ovn-metadata-agent --config-file /etc/neutron/neutron.conf"
            " --config-file /etc/neutron/neutron_ovn_metadata_agent.ini",
            files=(
                CONF,
                METADATA,
                ConfigFile("neutron_sudoers.j2", "/etc/sudoers.d/neutron_metadata", "root", "0440"),
            ),
            check=CommandCheck(("healthcheck_port", "neutron-ovn-metadata-agent", "6642")),
            after=("ovn_sb_db", "ovn_controller", "openvswitch_vswitchd"),
            capabilities=(
                Grant("NET_ADMIN", "makes a pair of interfaces for each network and gives them addresses"),
                Grant("SYS_ADMIN", "makes a network namespace for each network, where its proxy listens"),
            ),
            security=(
                Grant("systempaths=unconfined", "sets network parameters of its namespaces under /proc/sys"),
                Grant("apparmor=unconfined", "mounts namespaces, which Docker's profile forbids"),
            ),
            grace=5,
        ),
    ),
    jobs=(
        schema_job(
            "neutron",
            "neutron_server",
            ("neutron=/etc/neutron/neutron.conf:database",),
            f"neutron-db-manage {ARGUMENTS} upgrade head",
        ),
    ),
    databases=(Database("neutron", "neutron", "neutron_database_password"),),
    endpoints=(Endpoint("network", "neutron", "OpenStack Networking Service", 9696, question="/v2.0/agents"),),
    user=ServiceUser("neutron", "neutron_keystone_password"),
    passwords=(
        Password("neutron_database_password"),
        Password("neutron_keystone_password"),
        Password("metadata_secret"),
    ),
    requires=("keystone", "mariadb", "rabbitmq", "memcached", "ovn"),
    package="neutron",
    proofs=("guest-to-guest", "guest-to-outside", "floating-ip"),
    packages=(
        Packages(
            "openstack",
            # Its tools; Python bindings that match them and parse faster than those of the Python index; then what the
            # metadata agent runs.
            debian=("openvswitch-switch", "python3-openvswitch", "haproxy", "iputils-arping", "iptables"),
            python=("neutron==29.0.0",),
        ),
    ),
    schemas=(Schema("neutron", "neutron-db-manage --config-file CONFIG upgrade heads", seconds=6),),
    options=("neutron", "neutron.*", "nova.auth", "placement.auth", "ironic.auth", "designate.auth"),
    memory=1410,
)
