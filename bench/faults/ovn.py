"""Faults of the switch and of the virtual networks.

Source: ovs-vswitchd.conf.db(5), ovn-controller(8), ovn-northd(8); what this cloud sets of it is in
``vswitchd_start.sh.j2`` and ``ovn_settings.sh.j2``; the stale chassis was met on the reference machine.
"""

from __future__ import annotations

from typing import Any

from bench.faults.fault import Fault, container
from bench.faults.lab import Failed, Lab

CONTROLLER, NORTHD, SOUTH = container("ovn_controller"), container("ovn_northd"), container("ovn_sb_db")
AGENT = "neutron_ovn_metadata_agent"
STALE = "old-node"
KEYS = ("attached-mac", "iface-id", "iface-status", "vm-uuid")
Ports = dict[str, dict[str, str]]


def ports(lab: Lab) -> Ports:
    """Return the interfaces of br-int that are bound to a network, with their external ids."""
    found: Ports = {}
    for name in lab.switch("list-ports", "br-int").split():
        own = {
            key: lab.switch("--if-exists", "get", "Interface", name, f"external_ids:{key}").strip('"') for key in KEYS
        }
        if own["iface-id"]:
            found[name] = {key: value for key, value in own.items() if value}
    return found


def plug(lab: Lab, found: Any) -> None:
    """Put interfaces back where they were."""
    for name, keys in found.items():
        values = [f'external_ids:{key}="{value}"' for key, value in keys.items()]
        lab.switch("--may-exist", "add-port", "br-int", name, "--", "set", "Interface", name, *values)


def _taps(lab: Lab) -> Ports:
    """Return the interfaces of guests: they alone are told which guest is theirs."""
    return {name: keys for name, keys in ports(lab).items() if "vm-uuid" in keys}


def _unplug(lab: Lab) -> Ports:
    name, keys = next(iter(_taps(lab).items()))
    lab.switch("del-port", "br-int", name)
    return {name: keys}


def _tap_down(lab: Lab) -> str:
    name = next(iter(_taps(lab)))
    lab.on_node("ip", "link", "set", "dev", name, "down")
    return name


def _tap_up(lab: Lab, name: Any) -> None:
    lab.on_node("ip", "link", "set", "dev", str(name), "up")


def _no_bridge(lab: Lab) -> Ports:
    found = ports(lab)
    lab.switch("del-br", "br-int")
    return found


def _no_external_bridge(lab: Lab) -> None:
    lab.switch("del-br", _external(lab))


def _external(lab: Lab) -> str:
    pair = lab.switch("get", "Open_vSwitch", ".", "external-ids:ovn-bridge-mappings").strip('"')
    return pair.partition(":")[2]


def _switch_again(lab: Lab, _: Any) -> None:
    lab.restart("openvswitch_vswitchd")


def _flush(lab: Lab) -> None:
    lab.inside("openvswitch_vswitchd", "ovs-ofctl", "del-flows", "br-int")


def _controller_again(lab: Lab, _: Any) -> None:
    lab.restart("ovn_controller")


def _told(key: str, value: str) -> Any:
    """Return what tells OVN's controller something else of this node."""

    def inject(lab: Lab) -> None:
        text = value.replace("NODE", lab.internal)
        lab.switch("set", "Open_vSwitch", ".", f'external-ids:{key}="{text}"')

    return inject


def _settings(lab: Lab, _: Any = None) -> None:
    lab.inside("openvswitch_vswitchd", "/usr/local/bin/ovn_settings")


def _no_mappings(lab: Lab) -> None:
    lab.switch("remove", "Open_vSwitch", ".", "external-ids", "ovn-bridge-mappings")


def _rename_back(lab: Lab, _: Any) -> None:
    _settings(lab)
    lab.southbound("--if-exists", "chassis-del", STALE)


def _renamed(lab: Lab) -> bool:
    return STALE in lab.switch("get", "Open_vSwitch", ".", "external-ids:system-id")


def _disconnected(lab: Lab) -> bool:
    answer = lab.inside("ovn_controller", "ovn-appctl", "-t", "/run/ovn/ovn-controller.ctl", "connection-status")
    return answer.strip() != "connected"


def _add_chassis(lab: Lab) -> None:
    lab.southbound("chassis-add", STALE, "geneve", "192.168.255.254")


def _del_chassis(lab: Lab, _: Any) -> None:
    lab.southbound("--if-exists", "chassis-del", STALE)


def _has_chassis(lab: Lab) -> bool:
    return STALE in lab.southbound("--bare", "--columns=name", "list", "Chassis").split()


def _pause(lab: Lab) -> None:
    lab.inside("ovn_northd", "ovn-appctl", "-t", "/run/ovn/ovn-northd.ctl", "pause")


def _resume(lab: Lab, _: Any) -> None:
    lab.inside("ovn_northd", "ovn-appctl", "-t", "/run/ovn/ovn-northd.ctl", "resume")


def _paused(lab: Lab) -> bool:
    return "true" in lab.inside("ovn_northd", "ovn-appctl", "-t", "/run/ovn/ovn-northd.ctl", "is-paused")


def block(port: int) -> Any:
    """Return what throws away every packet to a port of the node."""

    def inject(lab: Lab) -> None:
        lab.on_node("iptables", "--wait", "-I", "INPUT", *_rule(port))

    return inject


def unblock(port: int) -> Any:
    """Return what lets them through again."""

    def undo(lab: Lab, _: Any) -> None:
        lab.on_node("iptables", "--wait", "-D", "INPUT", *_rule(port))

    return undo


def blocked(port: int) -> Any:
    """Return what tells whether they are thrown away."""

    def there(lab: Lab) -> bool:
        try:
            lab.on_node("iptables", "--wait", "-C", "INPUT", *_rule(port))
        except Failed:
            return False
        return True

    return there


def _rule(port: int) -> tuple[str, ...]:
    return ("--protocol", "tcp", "--dport", str(port), "--jump", "DROP")


def _kill_proxies(lab: Lab) -> None:
    lab.signal(9, lab.processes(AGENT, "haproxy"))


def _no_proxy(lab: Lab) -> bool:
    return not lab.processes(AGENT, "haproxy")


def _no_namespaces(lab: Lab) -> None:
    lab.signal(9, lab.processes(AGENT, "haproxy"))
    lab.inside(AGENT, "sh", "-c", "for n in $(ip netns list | cut -d' ' -f1); do ip netns del $n; done")


def _agent_again(lab: Lab, _: Any) -> None:
    lab.restart(AGENT)


PORT = "tap|port|interface|guest|instance|server"
METADATA = f"{container(AGENT)}|metadata"
FAULTS = (
    Fault("tap-removed", _unplug, (PORT, "tap|unplug|missing|gone|bound|bind|not.*switch|down|DOWN|interface"), plug),
    Fault("tap-down", _tap_down, (PORT, "down|link|tap"), _tap_up),
    Fault("integration-bridge-gone", _no_bridge, ("br-int|tap|interface|port",), plug, patience=20),
    Fault("external-bridge-gone", _no_external_bridge, ("br-ex|bridge|external",), _switch_again),
    Fault("flows-flushed", _flush, ("flow|br-int",), _controller_again, patience=20),
    Fault("bridge-mappings-gone", _no_mappings, ("mapping|bridge|physnet",), _settings),
    Fault(
        "southbound-wrong-address",
        _told("ovn-remote", "tcp:NODE:6644"),
        (f"{CONTROLLER}|southbound|ovn-remote", "connect|reach|remote|address|southbound"),
        _settings,
        there=_disconnected,
    ),
    Fault(
        "chassis-renamed",
        _told("system-id", STALE),
        ("chassis|system-id",),
        _rename_back,
        there=_renamed,
        patience=20,
    ),
    Fault(
        "chassis-stale",
        _add_chassis,
        ("chassis", "stale|no longer|unknown|not.*node|left"),
        _del_chassis,
        there=_has_chassis,
    ),
    Fault(
        "southbound-blocked",
        block(6642),
        (f"{SOUTH}|southbound|6642", "reach|connect|answer|port|block|6642"),
        unblock(6642),
        there=blocked(6642),
    ),
    Fault(
        "broker-blocked",
        block(5672),
        (f"{container('rabbitmq')}|5672", "reach|connect|answer|port|block|5672"),
        unblock(5672),
        there=blocked(5672),
    ),
    Fault(
        "database-blocked",
        block(3306),
        (f"{container('mariadb')}|3306", "reach|connect|answer|port|block|3306"),
        unblock(3306),
        there=blocked(3306),
    ),
    Fault("northd-paused", _pause, (NORTHD, "paus"), _resume, there=_paused),
    Fault("metadata-proxy-killed", _kill_proxies, (METADATA,), heals=True, patience=100, there=_no_proxy),
    Fault("metadata-namespaces-gone", _no_namespaces, (METADATA,), _agent_again, there=_no_proxy, patience=75),
)
