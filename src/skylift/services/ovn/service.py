"""OVN: northbound and southbound database, northd between them, and a controller on each node that has a switch.

Sources: ports and container names as in Kolla-Ansible's role ``ovn``; options from ovsdb-server(1), ovn-northd(8) and
ovn-controller(8). The node's identity and addresses are in Open vSwitch's database: see services/openvswitch.
"""

from pathlib import Path

from skylift.model.service import Service
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Reload, Storage, TcpCheck
from skylift.model.service_image import Image, Packages

SCHEMAS = "/usr/share/ovn"
OVSDB_RUN = ConfigFile("common/ovsdb_run.sh.j2", "/usr/local/bin/ovsdb_run", "root", "0755")
SKIP = (("KOLLA_SKIP_EXTEND_START", "true"),)


def connected(control: str, question: str) -> CommandCheck:
    """Return the check that the program behind ``control`` says ``connected`` to ``question``."""
    return CommandCheck(("sh", "-c", f"ovn-appctl -t /run/ovn/{control}.ctl {question} | grep -qx connected"))


def reload(side: str) -> Reload:
    """Return how the database server of ``side`` takes over other remotes (ovsdb-server(1), RUNTIME MANAGEMENT)."""
    return Reload((f"{side}.json.j2",), ("ovn-appctl", "-t", f"/run/ovn/ovn{side}_db.ctl", "ovsdb-server/reload"))


SERVICE = Service(
    name="ovn",
    title="virtual networks",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="ovn_nb_db",
            outage="changes of networks",
            image=Image("ovn-nb-db-server", "infra", "root"),
            command=(
                f"/usr/local/bin/ovsdb_run /var/lib/ovn/ovnnb.db {SCHEMAS}/ovn-nb.ovsschema"
                " --config-file=/etc/ovn/nb.json --unixctl=/run/ovn/ovnnb_db.ctl"
            ),
            files=(OVSDB_RUN, ConfigFile("nb.json.j2", "/etc/ovn/nb.json", "root")),
            reload=reload("nb"),
            check=TcpCheck(6641),
            storage=(Storage("ovn_nb_db", "/var/lib/ovn", "networks, routers, load balancers", data=True),),
            environment=SKIP,
        ),
        Container(
            name="ovn_sb_db",
            outage="changes of networks",
            image=Image("ovn-sb-db-server", "infra", "root"),
            command=(
                f"/usr/local/bin/ovsdb_run /var/lib/ovn/ovnsb.db {SCHEMAS}/ovn-sb.ovsschema"
                " --config-file=/etc/ovn/sb.json --unixctl=/run/ovn/ovnsb_db.ctl"
            ),
            files=(OVSDB_RUN, ConfigFile("sb.json.j2", "/etc/ovn/sb.json", "root")),
            reload=reload("sb"),
            check=TcpCheck(6642),
            storage=(Storage("ovn_sb_db", "/var/lib/ovn", "chassis, bindings, logical flows", data=True),),
            environment=SKIP,
        ),
        Container(
            name="ovn_northd",
            outage="changes of networks",
            image=Image("ovn-northd", "infra", "root"),
            command="/usr/local/bin/northd_start",
            files=(ConfigFile("northd_start.sh.j2", "/usr/local/bin/northd_start", "root", "0755"),),
            check=connected("ovn-northd", "sb-connection-status"),
            after=("ovn_nb_db", "ovn_sb_db"),
            environment=SKIP,
        ),
        Container(
            name="ovn_controller",
            outage="changes of networks",
            role="compute",
            image=Image("ovn-controller", "infra", "root"),
            command=(
                "ovn-controller -vconsole:warn -vsyslog:off -vfile:off --no-chdir"
                " --unixctl=/run/ovn/ovn-controller.ctl unix:/run/openvswitch/db.sock"
            ),
            check=connected("ovn-controller", "connection-status"),
            after=("ovn_sb_db", "openvswitch_vswitchd"),
            storage=(Storage("openvswitch_run", "/run/openvswitch", "writes flows to the switch through its sockets"),),
            environment=SKIP,
        ),
    ),
    requires=("openvswitch",),
    package="deb:ovn-central",
    packages=(Packages("infra", debian=("ovn-central", "ovn-host")),),
    memory=20,
)
