"""Placement: what each compute node has and what is taken of it."""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Database, Endpoint, Password, Service, ServiceUser
from skylift.model.service_container import ConfigFile, Container, HttpCheck
from skylift.model.service_image import Image, Packages, Schema
from skylift.services.common.overrides import merged, policy
from skylift.services.common.schema import schema_job

OVERRIDE = merged("placement", extras=(policy("placement"),))

SERVICE = Service(
    name="placement",
    title="Placement",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="placement_api",
            # nova-compute, and with it all guests, waits for it after a restart.
            weight=8,
            image=Image("placement-api", "openstack", "placement"),
            command="uwsgi --ini /etc/placement/placement-api-uwsgi.ini",
            files=(
                ConfigFile("placement.conf.j2", "/etc/placement/placement.conf", "placement", override=OVERRIDE),
                ConfigFile("placement-api-uwsgi.ini.j2", "/etc/placement/placement-api-uwsgi.ini", "placement"),
            ),
            check=HttpCheck(8780, "/", 200),
            after=("placement_schema",),
            grace=3,
        ),
    ),
    jobs=(
        schema_job(
            "placement",
            "placement_api",
            ("placement=/etc/placement/placement.conf:placement_database",),
            "placement-manage db sync",
        ),
    ),
    databases=(Database("placement", "placement", "placement_database_password"),),
    endpoints=(
        Endpoint("placement", "placement", "OpenStack Placement Service", 8780, question="/resource_providers"),
    ),
    user=ServiceUser("placement", "placement_keystone_password"),
    passwords=(Password("placement_database_password"), Password("placement_keystone_password")),
    requires=("keystone", "mariadb", "memcached"),
    package="openstack-placement",
    packages=(
        Packages("openstack", python=("openstack-placement==16.0.0", "osc-placement")),
        Packages("client", python=("osc-placement",)),
    ),
    schemas=(Schema("placement", "placement-manage --config-file CONFIG db sync", "placement_database", 1),),
    options=("placement.conf",),
    memory=97,
)
