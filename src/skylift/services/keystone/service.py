"""Keystone: identity, the catalogue, tokens."""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Database, Endpoint, Password, Service
from skylift.model.service_container import CommandCheck, ConfigFile, Container, HttpCheck, Job, Storage
from skylift.model.service_image import Image, Packages, Schema
from skylift.services.common.overrides import merged, policy
from skylift.services.common.schema import schema_job

OVERRIDE = merged("keystone", extras=(policy("keystone"),))
CONF = ConfigFile("keystone.conf.j2", "/etc/keystone/keystone.conf", "keystone", override=OVERRIDE)
TOKENS = "/etc/keystone/fernet-keys"
CREDENTIALS = "/etc/keystone/credential-keys"
KEYS = (
    Storage("keystone_fernet_tokens", TOKENS, "keys that tokens are made with, shared with the rotation"),
    Storage("keystone_credential_keys", CREDENTIALS, "keys that stored credentials are encrypted with", data=True),
)
OWNERS = ((TOKENS, "keystone:keystone"), (CREDENTIALS, "keystone:keystone"))

SERVICE = Service(
    name="keystone",
    title="Identity",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="keystone",
            outage="all APIs",
            weight=8,
            image=Image("keystone", "openstack", "keystone"),
            command="uwsgi --ini /etc/keystone/keystone-uwsgi.ini",
            files=(
                CONF,
                ConfigFile("keystone-uwsgi.ini.j2", "/etc/keystone/keystone-uwsgi.ini", "keystone"),
                ConfigFile("skylift_keystone_api.py.j2", "/etc/keystone/wsgi/skylift_keystone_api.py", "keystone"),
            ),
            check=HttpCheck(5000, "/healthcheck", 200),
            after=("keystone_bootstrap", "memcached"),
            storage=KEYS,
            permissions=OWNERS,
            grace=3,
        ),
        Container(
            name="keystone_fernet",
            image=Image("keystone-fernet", "openstack", "keystone"),
            command="bash /usr/local/bin/fernet-rotation",
            files=(CONF, ConfigFile("fernet-rotation.j2", "/usr/local/bin/fernet-rotation", "root", "0755")),
            # It listens nowhere: it is well when it can read the key it will rotate.
            check=CommandCheck(("test", "-r", f"{TOKENS}/0")),
            after=("keystone_bootstrap",),
            storage=KEYS,
            permissions=OWNERS,
            grace=1,
        ),
    ),
    jobs=(
        schema_job(
            "keystone", "keystone", ("keystone=/etc/keystone/keystone.conf:database",), "keystone-manage db_sync"
        ),
        Job(
            name="keystone_bootstrap",
            like="keystone",
            command="python3 -P /usr/local/bin/bootstrap.py",
            files=(
                ConfigFile("bootstrap.py.j2", "/usr/local/bin/bootstrap.py", "root", "0755"),
                ConfigFile("bootstrap.json.j2", "/etc/keystone/bootstrap.json", "keystone"),
            ),
            after=("keystone_schema", "memcached"),
        ),
    ),
    databases=(Database("keystone", "keystone", "keystone_database_password"),),
    endpoints=(Endpoint("identity", "keystone", "OpenStack Identity Service", 5000, "/v3"),),
    passwords=(
        Password("keystone_admin_password"),
        Password("keystone_database_password"),
        Password("memcache_secret_key"),
    ),
    requires=("mariadb", "memcached"),
    package="keystone",
    proofs=("token",),
    packages=(Packages("openstack", python=("keystone==30.0.0",)),),
    schemas=(Schema("keystone", "keystone-manage --config-file CONFIG db_sync"),),
    options=("keystone", "keystone.*"),
    memory=135,
)
