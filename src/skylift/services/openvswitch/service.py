"""Open vSwitch.

Sources: the settings that OVN reads from the database are in ovn-controller(8); which of them were needed here, and the
userspace datapath with segmentation offload, in facts.md. os-vif and the metadata agent reach the database at
127.0.0.1:6640, as Kolla has it.
"""

from pathlib import Path

from skylift.model.service import Service
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Grant, Reload, Storage
from skylift.model.service_image import Image, Packages

RUN = Storage("openvswitch_run", "/run/openvswitch", "sockets of database and switch, for each other and for OVN")

SERVICE = Service(
    name="openvswitch",
    title="virtual switch",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="openvswitch_db",
            outage="changes of networks",
            role="compute",
            image=Image("openvswitch-db-server", "infra", "root"),
            command=(
                "/usr/local/bin/ovsdb_run /var/lib/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema"
                " --remote=punix:/run/openvswitch/db.sock --remote=ptcp:6640:127.0.0.1"
                " --unixctl=/run/openvswitch/ovsdb-server.ctl /var/lib/openvswitch/conf.db"
            ),
            files=(ConfigFile("common/ovsdb_run.sh.j2", "/usr/local/bin/ovsdb_run", "root", "0755"),),
            check=CommandCheck(("ovsdb-client", "--timeout=5", "list-dbs", "unix:/run/openvswitch/db.sock")),
            storage=(RUN, Storage("openvswitch_db", "/var/lib/openvswitch", "bridges and ports of the node")),
            environment=(("KOLLA_SKIP_EXTEND_START", "true"),),
        ),
        Container(
            name="openvswitch_vswitchd",
            # All of the guests' traffic goes through it.
            weight=8,
            guests="running guests have no network meanwhile",
            role="compute",
            image=Image("openvswitch-vswitchd", "infra", "root"),
            command="/usr/local/bin/vswitchd_start",
            files=(
                ConfigFile("vswitchd_start.sh.j2", "/usr/local/bin/vswitchd_start", "root", "0755"),
                ConfigFile("ovn_settings.sh.j2", "/usr/local/bin/ovn_settings", "root", "0755"),
                ConfigFile("guest_access.sh.j2", "/usr/local/bin/guest_access", "root", "0755"),
            ),
            # OVN's controller reads its settings from the database whenever they change; flows are there at once.
            reload=Reload(
                ("ovn_settings.sh.j2", "guest_access.sh.j2"),
                ("sh", "-c", "/usr/local/bin/ovn_settings && /usr/local/bin/guest_access"),
            ),
            # Asked of the switch itself: the database would also know of bridges while the switch is down.
            check=CommandCheck(
                ("sh", "-c", "ovs-appctl -t /run/openvswitch/ovs-vswitchd.ctl ofproto/list | grep -q .")
            ),
            after=("openvswitch_db",),
            storage=(RUN,),
            capabilities=(
                Grant("NET_ADMIN", "makes interfaces and datapaths, moves addresses to bridges"),
                Grant("NET_RAW", "sends and receives on the external interface through packet sockets"),
            ),
            devices=(Grant("/dev/net/tun", "the userspace datapath's internal ports are tap devices"),),
            environment=(("KOLLA_SKIP_EXTEND_START", "true"),),
        ),
    ),
    package="deb:openvswitch-switch",
    packages=(Packages("infra", debian=("openvswitch-switch",)),),
    memory=20,
)
