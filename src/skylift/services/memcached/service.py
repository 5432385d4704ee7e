"""Memcached.

Source: Kolla-Ansible's ``memcached.json.j2`` (address, port, memory, connection limit); smaller here, one thread
will do.
"""

from pathlib import Path

from skylift.model.service import Service
from skylift.model.service_container import ConfigFile, Container, TcpCheck
from skylift.model.service_image import Account, Image, Packages

SERVICE = Service(
    name="memcached",
    title="cache",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="memcached",
            image=Image("memcached", "infra", "memcached"),
            command="/usr/local/bin/memcached_start",
            files=(ConfigFile("memcached_start.sh.j2", "/usr/local/bin/memcached_start", "root", "0755"),),
            check=TcpCheck(11211),
        ),
    ),
    package="deb:memcached",
    packages=(Packages("infra", debian=("memcached",)),),
    accounts=(Account("memcached", "/run/memcached", family="infra"),),
    memory=20,
)
