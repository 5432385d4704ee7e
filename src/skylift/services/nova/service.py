"""Nova: virtual machines. One cell, whose database is `nova`; `nova_cell0` keeps those that found no host."""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Database, Endpoint, Password, Service, ServiceUser
from skylift.model.service_container import CommandCheck, ConfigFile, Container, Extra, Grant, HttpCheck, Storage
from skylift.model.service_image import Account, Image, Packages, Schema
from skylift.services.common.ceph import JOB, ceph_files
from skylift.services.common.overrides import merged, policy
from skylift.services.common.schema import schema_job

FILE = "/etc/nova/nova.conf"
# Who judges requests has the rules, and who serves guests the vendor's data.
VENDORDATA = Extra(
    ("nova/vendordata.json",), "/etc/nova", ("api", "vendordata_jsonfile_path"), by_path=True, verbatim=True
)
EXTRAS = (policy("nova"), VENDORDATA)
API_CONF = ConfigFile("nova.conf.j2", FILE, "nova", override=merged("nova", extras=EXTRAS))
# Those that know of no volumes go on while Cinder is switched.
CONF = ConfigFile("nova-core.conf.j2", FILE, "nova", override=merged("nova"))
METADATA_CONF = ConfigFile("nova-core.conf.j2", FILE, "nova", override=merged("nova", extras=EXTRAS))
# What belongs to a cell can be overridden for one program on one host, too.
IN_CELL = "nova/{host}/{container}.conf"
CONDUCTOR_CONF = ConfigFile("nova.conf.j2", FILE, "nova", override=merged("nova", IN_CELL))
CONSOLE_CONF = ConfigFile("nova-core.conf.j2", FILE, "nova", override=merged("nova", IN_CELL))
RELEASE = Extra(("nova_compute/{host}/release", "nova_compute/release", "nova/release"), "/etc/nova", verbatim=True)
COMPUTE_CONF = ConfigFile(
    "nova-compute.conf.j2", FILE, "nova", override=merged("nova", IN_CELL, extras=(*EXTRAS, RELEASE))
)
QUEUE = "5672"
VIRT = "/var/lib/kolla/venv/lib/python3/site-packages/nova/virt"


def api(name: str, port: int, image: str, conf: ConfigFile) -> Container:
    """Return the container of one of nova's two WSGI programs."""
    ini = f"nova-{name}-uwsgi.ini"
    return Container(
        name=f"nova_{name}",
        image=Image(image, "openstack", "nova"),
        command=f"uwsgi --ini /etc/nova/{ini}",
        files=(conf, ConfigFile(f"{ini}.j2", f"/etc/nova/{ini}", "nova")),
        check=HttpCheck(port, "/", 200),
        after=("nova_schema",),
        outage="metadata of guests" if name == "metadata" else "",
        grace=3,
    )


def worker(name: str, conf: ConfigFile, weight: int = 1) -> Container:
    """Return the container of a program that works off a message queue."""
    return Container(
        name=f"nova_{name}",
        image=Image(f"nova-{name}", "openstack", "nova"),
        command=f"nova-{name} --config-file {FILE}",
        files=(conf,),
        check=CommandCheck(("healthcheck_port", f"nova-{name}", QUEUE)),
        after=("nova_schema", "rabbitmq"),
        outage="changes of guests",
        grace=3,
        weight=weight,
    )


SERVICE = Service(
    name="nova",
    title="Compute",
    folder=Path(__file__).parent,
    containers=(
        api("api", 8774, "nova-api", API_CONF),
        api("metadata", 8775, "nova-api", METADATA_CONF),
        worker("scheduler", CONF),
        # nova-compute waits for it, and is the last to be ready.
        worker("conductor", CONDUCTOR_CONF, weight=8),
        Container(
            name="nova_novncproxy",
            outage="consoles of guests",
            image=Image("nova-novncproxy", "openstack", "nova"),
            command=f"nova-novncproxy --config-file {FILE}",
            files=(CONSOLE_CONF,),
            check=HttpCheck(6080, "/vnc_lite.html", 200),
            after=("nova_schema",),
            grace=1,
        ),
        Container(
            name="nova_compute",
            outage="changes of guests",
            # Its guests end with libvirt's container, and only its own start resumes them.
            follows=("nova_libvirt",),
            role="compute",
            image=Image("nova-compute", "openstack", "nova"),
            user="nova",
            command="/usr/local/bin/nova_compute_start",
            files=(
                COMPUTE_CONF,
                ConfigFile("nova_sudoers.j2", "/etc/sudoers.d/nova_compute", "root", "0440"),
                ConfigFile("nova_compute_start.sh.j2", "/usr/local/bin/nova_compute_start", "root", "0755"),
                ConfigFile("nova_compute_run.py.j2", "/usr/local/bin/nova-compute-run", "root", "0644"),
                *ceph_files("nova", "nova"),
                # Nova looks for drivers among its own.
                ConfigFile("skylift_nova.py.j2", f"{VIRT}/skylift.py", "root", "0644", needs="ceph"),
            ),
            check=CommandCheck(("healthcheck_port", "nova-compute", QUEUE)),
            # It asks placement at its start, with a token, and gives up when that fails.
            after=("nova_conductor", "nova_libvirt", "placement_api", "keystone", JOB),
            storage=(
                Storage("nova_compute", "/var/lib/nova", "disks of guests, shared with libvirt", data=True),
                Storage("libvirt_run", "/run/libvirt", "libvirtd's socket"),
            ),
            capabilities=(
                Grant("NET_ADMIN", "sets the packet size of guests' tap devices, removes them when guests go"),
            ),
            permissions=(("/var/lib/nova", "nova:nova"), ("/var/lib/nova/instances", "nova:nova")),
            grace=5,
            weight=8,
        ),
    ),
    jobs=(
        schema_job(
            "nova",
            "nova_conductor",
            (f"nova_api={FILE}:api_database", "nova_cell0=/etc/nova/cell0.conf:database", f"nova={FILE}:database"),
            f"nova-manage --config-file {FILE} api_db sync",
            f"nova-manage --config-file {FILE} db sync",
            options="--sql /etc/nova/cells.sql=nova_api",
            files=(
                ConfigFile("cell0.conf.j2", "/etc/nova/cell0.conf", "nova"),
                ConfigFile("cells.sql.j2", "/etc/nova/cells.sql", "nova"),
            ),
        ),
    ),
    databases=(
        Database("nova_api", "nova_api", "nova_api_database_password"),
        Database("nova_cell0", "nova", "nova_database_password"),
        Database("nova", "nova", "nova_database_password"),
    ),
    endpoints=(Endpoint("compute", "nova", "OpenStack Compute Service", 8774, "/v2.1", question="/os-services"),),
    user=ServiceUser("nova", "nova_keystone_password"),
    passwords=(
        Password("nova_database_password"),
        Password("nova_api_database_password"),
        Password("nova_keystone_password"),
        Password("metadata_secret"),
        Password(
            "demo_ssh_key",
            "ssh-key",
            "guests got its public half when they were made, and would no longer let the new one in",
        ),
    ),
    requires=("keystone", "glance", "placement", "neutron", "mariadb", "rabbitmq", "memcached", "libvirt"),
    uses=("ceph",),
    package="nova",
    proofs=("guests", "metadata", "ssh", "novnc", "console-log"),
    packages=(
        Packages(
            "openstack",
            # ceph-common: disks of guests are imported into a pool by its command rbd.
            debian=(
                "python3-libvirt",
                "qemu-utils",
                "openssh-client",
                "openvswitch-switch",
                "ceph-common",
                "python3-rados",
                "python3-rbd",
            ),
            # websockify: the proxy of the graphical console.
            python=("nova==34.0.0", "websockify"),
        ),
    ),
    accounts=(Account("nova", groups=("qemu",)),),
    schemas=(
        Schema("nova_api", "nova-manage --config-file CONFIG api_db sync", "api_database", 1),
        Schema("nova", "nova-manage --config-file CONFIG db sync --local_cell", seconds=8),
    ),
    options=("nova.conf",),
    memory=890,
)
