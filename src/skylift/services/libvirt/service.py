"""libvirt and QEMU.

Sources: Kolla-Ansible's ``qemu.conf.j2`` (guests run as nova) and ``libvirtd.conf.j2``; what works without
CAP_SYS_RESOURCE and CAP_SYS_ADMIN was tried on the reference machine. nova-compute reaches libvirtd through its socket
in the shared volume; nothing listens on the network.

Guests are processes of this container. They end with it: surviving would take the host's process numbers and a
writable cgroup tree of the host. Nova starts them again (``resume_guests_state_on_host_boot``).
"""

from pathlib import Path

from skylift.model.service import Service
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Grant, Reload, Storage
from skylift.model.service_image import Account, Image, Packages
from skylift.services.common.overrides import whole

INSTANCES = Storage("nova_compute", "/var/lib/nova", "disks of guests, shared with nova-compute", data=True)
LIBVIRT_RUN = Storage("libvirt_run", "/run/libvirt", "libvirtd's socket, shared with nova-compute")


def replaceable(file: str) -> ConfigFile:
    """Return a file of libvirt's folder that an override replaces; with Kolla that is a template among nova's."""
    return ConfigFile(f"{file}.j2", f"/etc/libvirt/{file}", "root", override=whole("nova", f"{file}.j2"))


SERVICE = Service(
    name="libvirt",
    title="hypervisor",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="nova_libvirt",
            role="compute",
            image=Image("nova-libvirt", "infra", "root"),
            command="/usr/local/bin/libvirt_secrets /usr/sbin/libvirtd",
            files=(
                replaceable("libvirtd.conf"),
                replaceable("qemu.conf"),
                ConfigFile("ceph.secrets.j2", "/etc/libvirt/ceph.secrets", "root"),
                ConfigFile("libvirt_secrets.sh.j2", "/usr/local/bin/libvirt_secrets", "root", "0755"),
            ),
            # Asks QEMU for its version too.
            check=CommandCheck(("virsh", "--quiet", "--connect", "qemu:///system", "version")),
            after=("openvswitch_db",),
            storage=(
                INSTANCES,
                LIBVIRT_RUN,
                Storage("libvirtd", "/var/lib/libvirt", "state of guests: firmware variables, saved memory"),
                Storage("nova_libvirt_qemu", "/etc/libvirt/qemu", "definitions of guests"),
                Storage("openvswitch_run", "/run/openvswitch", "adds guests' interfaces to the switch"),
            ),
            capabilities=(Grant("NET_ADMIN", "makes guests' tap devices"),),
            devices=(
                Grant("/dev/kvm", "hardware virtualisation, where it works"),
                Grant("/dev/net/tun", "guests' tap devices"),
            ),
            # A key that a new service brings is told to it; guests need not be stopped for that.
            reload=Reload(("ceph.secrets.j2",), ("/usr/local/bin/libvirt_secrets",)),
            outage="changes and consoles of guests",
            guests="running guests are stopped, and started again",
            grace=20,
            # Guests run in it, and go on answering while a deployment wants all processors.
            weight=8,
        ),
    ),
    requires=("openvswitch",),
    uses=("ceph",),
    package="deb:libvirt-daemon",
    packages=(
        Packages(
            "infra",
            debian=(
                "libvirt-clients",
                "libvirt-daemon",
                "libvirt-daemon-driver-qemu",
                "libvirt-daemon-log",
                "libvirt-daemon-system",
                "qemu-system-x86",
                "qemu-utils",
                "qemu-block-extra",
            ),
        ),
    ),
    # Guests run as it.
    accounts=(Account("nova", groups=("qemu", "libvirt", "kvm"), family="infra"),),
)
