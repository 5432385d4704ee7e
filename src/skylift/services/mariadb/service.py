"""MariaDB.

Sources: server options from Kolla-Ansible's ``galera.cnf.j2`` (bind address, utf8 with utf8_general_ci, InnoDB
lock mode), sizes measured on the reference machine (facts.md). ``root`` has ``database_password`` from everywhere, as
with Kolla; the OS user ``mysql`` may log in through the socket without a password and without any privilege, for the
health check.
"""

from pathlib import Path

from skylift.model.service import Password, Service
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Job, Override, Storage
from skylift.model.service_image import Image, Packages

IMAGE = Image("mariadb-server", "infra", "mysql")
SOCKET = ("mariadb", "--no-defaults", "--skip-ssl", "--socket=/run/mysqld/mysqld.sock")
AS_ROOT = (*SOCKET, "--user=root")
"""The client as the server's administrator, for the operating system's root inside the container."""

# Kolla's name of the file, which an operator's override has.
GALERA = Override(("galera.cnf", "mariadb/{host}/galera.cnf"), how="mysql")

SERVICE = Service(
    name="mariadb",
    title="database",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="mariadb",
            weight=8,
            image=IMAGE,
            command="/usr/local/bin/mariadb_start",
            files=(
                ConfigFile("my.cnf.j2", "/etc/mysql/my.cnf", "mysql", override=GALERA),
                ConfigFile("accounts.sql.j2", "/etc/mysql/accounts.sql", "mysql"),
                ConfigFile("mariadb_start.sh.j2", "/usr/local/bin/mariadb_start", "root", "0755"),
            ),
            # A query answered through the socket: the port opens at the same moment, after accounts.sql was applied.
            check=CommandCheck((*SOCKET, "--user=mysql", "--execute=SELECT 1")),
            storage=(Storage("mariadb", "/var/lib/mysql", "the databases", data=True),),
            # It has files of its own to start with; what the image would do before is for Kolla's way of bootstrapping.
            environment=(("KOLLA_SKIP_EXTEND_START", "true"),),
            outage="all APIs",
            # InnoDB writes its dirty pages at a stop.
            grace=60,
        ),
    ),
    jobs=(
        Job(
            name="mariadb_databases",
            like="mariadb",
            command="/usr/local/bin/mariadb_databases",
            files=(
                ConfigFile("client.cnf.j2", "/etc/mysql/client.cnf", "mysql"),
                ConfigFile("databases.sql.j2", "/etc/mysql/databases.sql", "mysql"),
                ConfigFile("mariadb_databases.sh.j2", "/usr/local/bin/mariadb_databases", "root", "0755"),
            ),
            after=("mariadb",),
            timeout=60,
        ),
    ),
    passwords=(Password("database_password"),),
    package="deb:mariadb-server",
    packages=(Packages("infra", debian=("mariadb-server", "mariadb-client")),),
    memory=153,
)
