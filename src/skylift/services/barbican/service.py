"""Barbican: passwords, keys and certificates of users, stored encrypted with a key of passwords.yml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from skylift.model.service import Database, Endpoint, Password, Service, ServiceUser
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Extra, HttpCheck
from skylift.model.service_image import Image, Packages, Schema
from skylift.services.common.overrides import merged, policy
from skylift.services.common.schema import schema_job

FILE = "/etc/barbican/barbican.conf"
# The image has a pipeline of the API's filters; the user's takes its place.
PIPELINE = Extra(("barbican/barbican-api-paste.ini",), "/etc/barbican")
CONF = ConfigFile("barbican.conf.j2", FILE, "barbican", override=merged("barbican", extras=(policy("barbican"),)))
API_CONF = replace(CONF, override=merged("barbican", extras=(policy("barbican"), PIPELINE)))


def worker(name: str, after: tuple[str, ...], outage: str) -> Container:
    """Return the container of a program that works off a message queue."""
    return Container(
        name=f"barbican_{name}".replace("-", "_"),
        image=Image(f"barbican-{name}", "openstack", "barbican"),
        command=f"barbican-{name} --config-file {FILE}",
        files=(CONF,),
        check=CommandCheck(("healthcheck_port", f"barbican-{name}", "5672")),
        after=("barbican_schema", *after),
        outage=outage,
        grace=3,
    )


SERVICE = Service(
    name="barbican",
    title="Key Manager",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="barbican_api",
            image=Image("barbican-api", "openstack", "barbican"),
            command="uwsgi --ini /etc/barbican/barbican-api-uwsgi.ini",
            files=(
                API_CONF,
                ConfigFile("barbican-api-uwsgi.ini.j2", "/etc/barbican/barbican-api-uwsgi.ini", "barbican"),
                ConfigFile("skylift_barbican_api.py.j2", "/etc/barbican/wsgi/skylift_barbican_api.py", "barbican"),
            ),
            check=HttpCheck(9311, "/healthcheck", 200),
            after=("barbican_schema",),
            grace=3,
        ),
        worker("worker", ("rabbitmq",), "making of ordered keys"),
        worker("keystone-listener", ("rabbitmq",), "removal of deleted projects' secrets"),
    ),
    jobs=(
        schema_job(
            "barbican",
            "barbican_api",
            (f"barbican={FILE}:database",),
            "barbican-db-manage upgrade",
        ),
    ),
    databases=(Database("barbican", "barbican", "barbican_database_password"),),
    endpoints=(
        Endpoint("key-manager", "barbican", "Barbican Key Management Service", 9311, question="/v1/secrets?limit=1"),
    ),
    user=ServiceUser("barbican", "barbican_keystone_password"),
    roles=("key-manager:service-admin", "creator", "observer", "audit"),
    passwords=(
        Password("barbican_database_password"),
        Password("barbican_keystone_password"),
        Password("barbican_crypto_key", "fernet", "what users have stored is encrypted with it"),
    ),
    requires=("keystone", "mariadb", "memcached", "rabbitmq"),
    identity_topic="barbican_notifications",
    enabled_by="enable_barbican",
    enabled_default=False,
    package="barbican",
    proofs=("secret",),
    packages=(
        Packages("openstack", python=("barbican==23.0.0", "python-barbicanclient")),
        Packages("client", python=("python-barbicanclient",)),
    ),
    # It takes no configuration file but its own.
    schemas=(Schema("barbican", "barbican-db-manage --dburl \"$(sed -n 's/^connection = //p' CONFIG)\" upgrade"),),
    options=("barbican.*",),
    memory=289,
)
