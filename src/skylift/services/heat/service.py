"""Heat: stacks, made from templates out of everything else that the cloud has."""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Database, Domain, Endpoint, Password, Service, ServiceUser
from skylift.model.service_container import CommandCheck, ConfigFile, Container, HttpCheck
from skylift.model.service_image import Image, Packages, Schema
from skylift.services.common.overrides import merged, policy
from skylift.services.common.schema import schema_job

FILE = "/etc/heat/heat.conf"
CONF = ConfigFile("heat.conf.j2", FILE, "heat", override=merged("heat", extras=(policy("heat"),)))
SIGNED = ConfigFile("skylift_signed_urls.py.j2", "/usr/lib/heat/skylift_signed_urls.py", "root", "0644")
ADMINISTRATORS = ConfigFile("administrators.yaml.j2", "/etc/heat/policy.d/administrators.yaml", "heat")


def api(name: str, port: int, *files: ConfigFile) -> Container:
    """Return the container of one of Heat's two APIs."""
    ini = f"heat-{name}-uwsgi.ini"
    return Container(
        name=f"heat_{name}".replace("-", "_"),
        image=Image(f"heat-{name}", "openstack", "heat"),
        command=f"uwsgi --ini /etc/heat/{ini}",
        files=(CONF, ConfigFile(f"{ini}.j2", f"/etc/heat/{ini}", "heat"), *files),
        check=HttpCheck(port, "/healthcheck", 200),
        after=("heat_schema",),
        grace=3,
    )


SERVICE = Service(
    name="heat",
    title="Orchestration",
    folder=Path(__file__).parent,
    containers=(
        api("api", 8004, ADMINISTRATORS),
        api("api-cfn", 8000),
        Container(
            name="heat_engine",
            image=Image("heat-engine", "openstack", "heat"),
            command=f"heat-engine --config-file {FILE}",
            files=(CONF, SIGNED),
            check=CommandCheck(("healthcheck_port", "heat-engine", "5672")),
            # It asks keystone for its domain's id when it makes the first user there, and not before.
            after=("heat_schema", "rabbitmq"),
            outage="changes of stacks",
            grace=5,
        ),
    ),
    jobs=(schema_job("heat", "heat_api", (f"heat={FILE}:database",), f"heat-manage --config-file {FILE} db_sync"),),
    databases=(Database("heat", "heat", "heat_database_password"),),
    endpoints=(
        Endpoint("orchestration", "heat", "Orchestration", 8004, "/v1/%(project_id)s", question="/services"),
        Endpoint("cloudformation", "heat-cfn", "Orchestration", 8000, "/v1"),
    ),
    user=ServiceUser("heat", "heat_keystone_password", trusted=True),
    domains=(
        Domain(
            "heat_user_domain",
            "heat_domain_admin",
            "heat_domain_admin_password",
            "Users that stacks make for their guests' signals",
        ),
    ),
    roles=("heat_stack_owner", "heat_stack_user"),
    granted=("heat_stack_owner",),
    passwords=(
        Password("heat_database_password"),
        Password("heat_keystone_password"),
        Password("heat_domain_admin_password"),
    ),
    requires=("keystone", "mariadb", "memcached", "rabbitmq"),
    enabled_by="enable_heat",
    package="openstack-heat",
    proofs=("stack",),
    packages=(
        Packages("openstack", python=("openstack-heat==27.0.1", "python-heatclient", "heat-dashboard")),
        Packages("client", python=("python-heatclient",)),
    ),
    schemas=(Schema("heat", "heat-manage --config-file CONFIG db_sync"),),
    options=("heat", "heat.*"),
    dashboards=("heat_dashboard",),
    memory=355,
)
