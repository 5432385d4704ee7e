"""Open vSwitch of the node: settings that OVN's controller reads, bridges, guests' interfaces, flows."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import FIX, Layer, Sign, down, edited, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.patient_cloud import Switch
from skylift.model.remedy import Remedy

SHOW = "skylift exec openvswitch_vswitchd ovs-vsctl"
VSWITCHD, DATABASE, CONTROLLER = "openvswitch_vswitchd", "openvswitch_db", "ovn_controller"
BELOW = down(VSWITCHD, DATABASE)


def find(patient: Patient) -> Iterator[Sign]:
    """Yield signs of a switch that does not carry the guests' traffic."""
    unread = patient.why_unread("switch")
    container = patient.container(DATABASE)
    if unread is not None and container is not None and container.runs:
        yield Sign(
            finding(
                "switch-silent",
                "error",
                "The virtual switch's database does not answer",
                "its server runs, and a question through its own socket was not answered",
                [Evidence(unread.why, unread.source, 0.0)],
                f"skylift logs openvswitch --since 10m\n{FIX}   (restarts it)",
                DATABASE,
            ),
            Layer.NETWORK,
            (*down(DATABASE), *edited(DATABASE)),
            0.0,
            (Remedy("restart", DATABASE, "it does not answer"),),
        )
    if patient.switch is not None:
        yield from _settings(patient.switch)
        yield from _bridges(patient.switch)
        yield from _guests(patient, patient.switch)


def _settings(switch: Switch) -> Iterator[Sign]:
    wrong = {
        name: (switch.settings.get(name, ""), wanted)
        for name, wanted in switch.wanted.items()
        if switch.settings.get(name, "") != wanted
    }
    if wrong:
        name, (have, wanted) = next(iter(wrong.items()))
        yield Sign(
            finding(
                "switch-settings",
                "error",
                "The virtual switch has other settings than OVN's controller needs",
                f"{name} is {have or 'not set'}, not {wanted}: somebody changed it in the switch's database",
                [
                    Evidence(f"{key} = {now or 'not set'}, not {want}", f"{SHOW} get Open_vSwitch . external_ids", 0.0)
                    for key, (now, want) in wrong.items()
                ],
                f"{FIX}\nskylift exec {VSWITCHD} /usr/local/bin/ovn_settings   (sets them)",
                VSWITCHD,
            ),
            Layer.NETWORK,
            BELOW,
            0.0,
            (Remedy("run", VSWITCHD, f"{name} is not {wanted}", ("/usr/local/bin/ovn_settings",)),),
        )
    if not switch.segmentation:
        yield Sign(
            finding(
                "switch-segmentation",
                "error",
                "The virtual switch does not complete checksums",
                "userspace-tso-enable is off: ping reaches guests, and every TCP connection to them hangs",
                [Evidence("userspace-tso-enable is not true", f"{SHOW} get Open_vSwitch . other_config", 0.0)],
                f"{SHOW} set Open_vSwitch . other_config:userspace-tso-enable=true\n{FIX}",
                VSWITCHD,
            ),
            Layer.NETWORK,
            BELOW,
            1.0,
            (Remedy("restart", VSWITCHD, "userspace-tso-enable is off"),),
        )


def _bridges(switch: Switch) -> Iterator[Sign]:
    for bridge, port in switch.expected:
        if bridge not in switch.ports or not any(name.startswith(port) for name in switch.ports[bridge]):
            what = f"bridge {bridge}" if bridge not in switch.ports else f"port {port} of bridge {bridge}"
            yield Sign(
                finding(
                    "switch-port-missing",
                    "error",
                    "The virtual switch lacks a bridge or a port",
                    f"{what} is not there: what goes through it, floating IPs or guests among each other, is cut off",
                    [Evidence(f"no {what}", f"{SHOW} show", 0.0)],
                    f"{FIX}   (restarts the switch, which makes it; guests have no network for some seconds)",
                    f"{bridge}/{port}" if port else bridge,
                ),
                Layer.NETWORK,
                BELOW,
                2.0,
                (Remedy("restart", VSWITCHD, f"{what} is not there"),),
            )
    if switch.flows is not None and switch.flows == 0:
        yield Sign(
            finding(
                "switch-without-flows",
                "error",
                "The virtual switch has no flows",
                "OVN's controller wrote none, or somebody deleted them: no packet of a guest gets anywhere",
                [Evidence("no flow in br-int", f"skylift exec {VSWITCHD} ovs-ofctl dump-aggregate br-int", 0.0)],
                f"{FIX}   (restarts OVN's controller, which writes them)",
                "br-int",
            ),
            Layer.NETWORK,
            (
                *BELOW,
                *down(CONTROLLER, "ovn_sb_db"),
                ("ovn-unconnected", ""),
                ("chassis-foreign", ""),
                ("switch-settings", ""),
            ),
            3.0,
            (Remedy("restart", CONTROLLER, "the switch has no flows"),),
        )


def _guests(patient: Patient, switch: Switch) -> Iterator[Sign]:
    for name, error in switch.errors:
        yield Sign(
            finding(
                "switch-interface",
                "error",
                "An interface of the virtual switch does not work",
                f"{name}: {error}",
                [Evidence(error, f"{SHOW} list Interface {name}", 0.0)],
                "skylift openstack server reboot --hard GUEST   (attaches it anew)",
                name,
            ),
            Layer.NETWORK,
            (*BELOW, *down("nova_libvirt"), ("guest-not-running", "")),
            4.0,
        )
    network = patient.network
    for one in network.bindings if network is not None else ():
        # A port that should be here, of a guest that runs: something must be plugged in for it.
        if one.host and one.host in switch.settings.get("system-id", "") and one.port not in switch.taps:
            yield Sign(
                finding(
                    "tap-missing",
                    "error",
                    "A guest's interface is not attached to the virtual switch",
                    f"for port {one.port} nothing is plugged into the switch of {one.host}: somebody removed it, or its"
                    " guest does not run",
                    [Evidence(f"no interface for port {one.port}", f"{SHOW} list Interface", 0.0)],
                    f"skylift openstack port show {one.port} -c device_id\n"
                    "skylift openstack server reboot --hard GUEST   (attaches it anew)",
                    one.port,
                ),
                Layer.NETWORK,
                (*BELOW, *down("nova_libvirt"), ("guest-not-running", "")),
                5.0,
            )
