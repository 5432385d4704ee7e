"""OVN: its daemon between the databases, controllers on each node, chassis, and ports that are bound nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import FIX, Because, Layer, Sign, down, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.patient_cloud import Chassis, Network
from skylift.model.remedy import Remedy

CONTROLLER = "ovn_controller"
DATABASES = ("ovn_nb_db", "ovn_sb_db")
CHASSIS = "OVN_Southbound, table Chassis"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield signs of virtual networks that do not follow what neutron asks for."""
    yield from _unread(patient)
    network = patient.network
    if network is None:
        return
    if network.northd and network.northd != "active":
        yield Sign(
            finding(
                "northd-idle",
                "error",
                "OVN's daemon does not translate networks into flows",
                f"ovn-northd is {network.northd}: what neutron changes reaches no node",
                [Evidence(f"status: {network.northd}", "skylift exec ovn_northd ovn-appctl -t ovn-northd status", 0.0)],
                f"{FIX}   (restarts it)",
                "ovn_northd",
            ),
            Layer.NETWORK,
            down("ovn_northd", *DATABASES),
            0.0,
            (Remedy("restart", "ovn_northd", f"it is {network.northd}"),),
        )
    for name, status in network.controllers.items():
        if status != "connected":
            yield Sign(
                finding(
                    "ovn-unconnected",
                    "error",
                    "OVN's controller has no connection to the southbound database",
                    f"it says: {status}. Flows stay as they are: new guests get no network, changes do not arrive",
                    [Evidence(status, f"skylift exec {name} ovn-appctl -t ovn-controller connection-status", 0.0)],
                    f"skylift logs {name} --since 10m\n{FIX}",
                    name,
                ),
                Layer.NETWORK,
                (("switch-settings", ""), *down(name, "ovn_sb_db", "openvswitch_db", "openvswitch_vswitchd")),
                1.0,
                (Remedy("restart", name, "it has no connection to the southbound database"),),
            )
    remote = patient.switch.wanted.get("ovn-remote", "") if patient.switch is not None else ""
    yield from _chassis(network, remote)
    yield from _ports(patient, network)


def _unread(patient: Patient) -> Iterator[Sign]:
    unread = patient.why_unread("network")
    containers = [patient.container(name) for name in DATABASES]
    if unread is None or not all(one is not None and one.runs for one in containers):
        return
    yield Sign(
        finding(
            "ovn-silent",
            "error",
            "OVN's databases do not answer",
            "their servers run, and a question to them was not answered",
            [Evidence(unread.why, unread.source, 0.0)],
            f"skylift logs ovn --since 10m\n{FIX}",
            "ovn_sb_db" if "southbound" in unread.why.lower() else "ovn_nb_db",
        ),
        Layer.NETWORK,
        (*down(*DATABASES), ("bridge-down", "")),
        0.0,
        tuple(Remedy("restart", name, "it does not answer") for name in DATABASES),
    )


def _chassis(network: Network, remote: str) -> Iterator[Sign]:
    for one in network.chassis:
        if one.name not in network.nodes:
            yield _foreign(network, one, remote)
    there = {one.name for one in network.chassis}
    for node in network.nodes:
        if node not in there:
            yield Sign(
                finding(
                    "chassis-missing",
                    "error",
                    "OVN does not know a node",
                    f"{node} has no chassis in the southbound database: its guests have no network",
                    [Evidence(f"no chassis {node}", CHASSIS, 0.0)],
                    f"skylift logs {CONTROLLER} --since 10m\n{FIX}",
                    node,
                ),
                Layer.NETWORK,
                (
                    *down(CONTROLLER, "ovn_sb_db"),
                    ("switch-settings", ""),
                    ("chassis-foreign", ""),
                    ("ovn-unconnected", ""),
                ),
                2.0,
                (Remedy("restart", CONTROLLER, f"{node} has no chassis"),),
            )


def _foreign(network: Network, one: Chassis, remote: str) -> Sign:
    same = sorted(
        other.name for other in network.chassis if other.name in network.nodes and {*one.addresses} & {*other.addresses}
    )
    cause = f"chassis {one.name} (host {one.host}) is none of the cloud's nodes: one that was renamed or removed"
    if same:
        cause += f". It has the tunnel address of {', '.join(same)}, whose controller cannot work beside it"
    # Its database has no socket: whoever asks must say where it is.
    remove = ("ovn-sbctl", f"--db={remote}", "chassis-del", one.name)
    return Sign(
        finding(
            "chassis-foreign",
            "error" if same else "warning",
            "OVN knows a chassis that is no node of this cloud",
            cause,
            [Evidence(f"chassis {one.name}, {', '.join(one.addresses)}", CHASSIS, one.age)],
            f"{FIX}   (removes it)\nskylift exec ovn_sb_db {' '.join(remove)}",
            one.name,
        ),
        Layer.NETWORK,
        (("switch-settings", ""),),
        2.0,
        (Remedy("run", "ovn_sb_db", f"chassis {one.name} is no node of this cloud", remove),) if remote else (),
    )


def _ports(patient: Patient, network: Network) -> Iterator[Sign]:
    below: tuple[Because, ...] = (
        *down(CONTROLLER, *DATABASES, "ovn_northd", "openvswitch_vswitchd", "openvswitch_db", "nova_libvirt"),
        ("ovn-unconnected", ""),
        ("chassis-missing", ""),
        ("chassis-foreign", ""),
        ("switch-settings", ""),
        ("northd-idle", ""),
    )
    for one in network.bindings:
        if one.host and not one.chassis:
            yield Sign(
                finding(
                    "port-unbound",
                    "error",
                    "A guest's port is bound to no node",
                    f"port {one.port} should be on {one.host}, and no chassis has it: its guest has no network",
                    [Evidence(f"port {one.port}: no chassis", "ovn-sbctl list Port_Binding", 0.0)],
                    f"skylift openstack port show {one.port}\n"
                    "skylift openstack server reboot --hard GUEST   (attaches it anew)",
                    one.port,
                ),
                Layer.NETWORK,
                (("tap-missing", one.port), *below, ("guest-not-running", "")),
                4.0,
            )
    if network.lost:
        yield Sign(
            finding(
                "ports-lost",
                "error",
                "OVN does not have ports that neutron has",
                f"{len(network.lost)} ports are in neutron's database and not in OVN's: their guests have no network",
                [Evidence(f"port {port}", "ovn-nbctl list Logical_Switch_Port", 0.0) for port in network.lost[:3]],
                "skylift exec neutron_server neutron-ovn-db-sync-util --config-file /etc/neutron/neutron.conf"
                " --config-file /etc/neutron/plugins/ml2/ml2_conf.ini --ovn-neutron_sync_mode repair",
                network.lost[0],
            ),
            Layer.NETWORK,
            down("ovn_nb_db", "neutron_server", "neutron_ovn_maintenance_worker"),
            3.0,
        )
