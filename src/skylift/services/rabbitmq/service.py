"""RabbitMQ.

Sources: listeners, definitions and peers as in Kolla-Ansible's ``rabbitmq.conf.j2`` and ``definitions.json.j2``, minus
the management plug-in (start time); Erlang flags from RabbitMQ's runtime guide (rabbitmq.com/docs/runtime). The user
``openstack`` is in the definitions, which the broker applies at every start before it opens its port: a new password
arrives with the restart that the changed file causes.
"""

from pathlib import Path

from skylift.model.service import ConfigFile, Container, Image, Password, Service, Storage, TcpCheck

SERVICE = Service(
    name="rabbitmq",
    title="message queue",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="rabbitmq",
            weight=4,
            image=Image("rabbitmq", "infra", "rabbitmq"),
            command="/usr/local/bin/rabbitmq_start",
            files=(
                ConfigFile("rabbitmq.conf.j2", "/etc/rabbitmq/rabbitmq.conf", "rabbitmq"),
                ConfigFile("rabbitmq-env.conf.j2", "/etc/rabbitmq/rabbitmq-env.conf", "rabbitmq"),
                ConfigFile("definitions.json.j2", "/etc/rabbitmq/definitions.json", "rabbitmq"),
                ConfigFile("enabled_plugins.j2", "/etc/rabbitmq/enabled_plugins", "rabbitmq"),
                ConfigFile("erl_inetrc.j2", "/etc/rabbitmq/erl_inetrc", "rabbitmq"),
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
)
