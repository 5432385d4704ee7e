"""RabbitMQ.

Sources: listeners, definitions and peers as in Kolla-Ansible's ``rabbitmq.conf.j2`` and ``definitions.json.j2``, minus
the management plug-in (start time); Erlang flags from RabbitMQ's runtime guide (rabbitmq.com/docs/runtime). The user
``openstack`` is in the definitions, which the broker applies at every start before it opens its port: a new password
arrives with the restart that the changed file causes.
"""

from pathlib import Path

from skylift.model.service import Password, Service
from skylift.model.service_container import ConfigFile, Container, Extra, Override, Storage, TcpCheck
from skylift.model.service_image import Image, Packages
from skylift.services.common.overrides import whole

ADVANCED = Extra(("rabbitmq/{host}/advanced.config", "rabbitmq/advanced.config"), "/etc/rabbitmq")
MAIN = Override(("rabbitmq/rabbitmq.conf", "rabbitmq/{host}/rabbitmq.conf"), how="whole", extras=(ADVANCED,))


def replaceable(file: str) -> ConfigFile:
    """Return a file of RabbitMQ's folder that an override replaces."""
    return ConfigFile(f"{file}.j2", f"/etc/rabbitmq/{file}", "rabbitmq", override=whole("rabbitmq", file))


SERVICE = Service(
    name="rabbitmq",
    title="message queue",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="rabbitmq",
            weight=8,
            image=Image("rabbitmq", "infra", "rabbitmq"),
            command="/usr/local/bin/rabbitmq_start",
            files=(
                ConfigFile("rabbitmq.conf.j2", "/etc/rabbitmq/rabbitmq.conf", "rabbitmq", override=MAIN),
                replaceable("rabbitmq-env.conf"),
                replaceable("definitions.json"),
                replaceable("enabled_plugins"),
                replaceable("erl_inetrc"),
                ConfigFile("rabbitmq_start.sh.j2", "/usr/local/bin/rabbitmq_start", "root", "0755"),
                ConfigFile("erlang.cookie.j2", "/var/lib/rabbitmq/.erlang.cookie", "rabbitmq", "0400"),
            ),
            check=TcpCheck(5672),
            storage=(Storage("rabbitmq", "/var/lib/rabbitmq", "durable queues", data=True),),
            environment=(("KOLLA_SKIP_EXTEND_START", "true"),),
            outage="changes of guests, networks and load balancers",
            grace=30,
        ),
    ),
    passwords=(Password("rabbitmq_password"), Password("rabbitmq_cluster_cookie")),
    package="deb:rabbitmq-server",
    packages=(Packages("infra", debian=("rabbitmq-server",)),),
    memory=83,
)
