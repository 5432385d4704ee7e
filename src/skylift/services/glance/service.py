"""Glance: images of virtual machines, in files of a volume, or in Ceph."""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Database, Endpoint, Password, Service, ServiceUser
from skylift.model.service_container import ConfigFile, Container, HttpCheck, Override, Storage
from skylift.model.service_image import Image, Packages, Schema
from skylift.services.common.ceph import JOB, ceph_files
from skylift.services.common.overrides import GLOBAL, policy
from skylift.services.common.schema import schema_job

# The file of its one program has not the service's name, and no container's either.
OVERRIDE = Override(
    (GLOBAL, "glance.conf", "glance/glance-api.conf", "glance/{host}/glance-api.conf"),
    options="glance",
    extras=(policy("glance"),),
)

SERVICE = Service(
    name="glance",
    title="Image",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="glance_api",
            image=Image("glance-api", "openstack", "glance"),
            command="uwsgi --ini /etc/glance/glance-api-uwsgi.ini",
            files=(
                ConfigFile("glance-api.conf.j2", "/etc/glance/glance-api.conf", "glance", override=OVERRIDE),
                ConfigFile("glance-api-uwsgi.ini.j2", "/etc/glance/glance-api-uwsgi.ini", "glance"),
                *ceph_files("glance", "glance"),
            ),
            check=HttpCheck(9292, "/healthcheck", 200),
            after=("glance_schema", JOB),
            storage=(Storage("glance", "/var/lib/glance", "the images", data=True),),
            permissions=(("/var/lib/glance", "glance:glance"),),
            grace=3,
            weight=2,
        ),
    ),
    jobs=(
        schema_job(
            "glance",
            "glance_api",
            ("glance=/etc/glance/glance-api.conf:database",),
            "glance-manage db_sync",
            "glance-manage db_load_metadefs",
        ),
    ),
    databases=(Database("glance", "glance", "glance_database_password"),),
    endpoints=(Endpoint("image", "glance", "OpenStack Image Service", 9292, question="/v2/images?limit=1"),),
    user=ServiceUser("glance", "glance_keystone_password"),
    passwords=(Password("glance_database_password"), Password("glance_keystone_password")),
    requires=("keystone", "mariadb", "memcached"),
    uses=("ceph",),
    package="glance",
    proofs=("image",),
    packages=(Packages("openstack", debian=("python3-rados", "python3-rbd"), python=("glance==33.0.0",)),),
    schemas=(
        Schema(
            "glance",
            "glance-manage --config-file CONFIG db_sync && glance-manage --config-file CONFIG db_load_metadefs",
            seconds=7,
        ),
    ),
    options=("glance", "glance.*"),
    memory=133,
)
