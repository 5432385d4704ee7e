"""Faults of what containers stand on: disk, memory, processors, ports, the node's networks, the container itself.

The clock is not among them: containers share the machine's, and a namespace of time moves only clocks that count from
the start of the machine, not the one that tokens and reports go by.
"""

from __future__ import annotations

import json
from typing import Any

from bench.faults.fault import Fault, container
from bench.faults.lab import MINE, Failed, Lab

STORE = "/var/lib/glance/images"
LISTEN = """
import socket, sys, time
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    server.accept()[0].close()
"""


def _fill_images(lab: Lab) -> None:
    """Put a full file system where new images go."""
    lab.mounted_in("glance_api", "mount", "-t", "tmpfs", "-o", "size=1m,mode=0777", "tmpfs", STORE)
    lab.inside("glance_api", "sh", "-c", f"head -c 4M /dev/zero >{STORE}/filler", check=False)


def _images_back(lab: Lab, _: Any) -> None:
    lab.mounted_in("glance_api", "umount", "--lazy", STORE)


def _images_full(lab: Lab) -> bool:
    return int(lab.inside("glance_api", "df", "--output=avail", STORE).split()[-1]) == 0


def _out_of_memory(lab: Lab) -> None:
    """Give a container less memory than its program takes."""
    name = lab.name("glance_api")
    lab.docker("stop", name)
    lab.docker("update", "--memory", "48m", "--memory-swap", "48m", name)
    lab.docker("start", name)


def _made_anew(lab: Lab, _: Any) -> None:
    lab.docker("rm", "--force", lab.name("glance_api"))
    lab.skylift("apply", "--yes")


def _starve(lab: Lab) -> None:
    lab.docker("update", "--cpu-period", "100000", "--cpu-quota", "1000", lab.name("keystone"))


def _feed(lab: Lab, _: Any) -> None:
    lab.docker("update", "--cpu-quota", "-1", lab.name("keystone"))


def _starved(lab: Lab) -> bool:
    return int(lab.docker("inspect", "--format", "{{.HostConfig.CpuQuota}}", lab.name("keystone"))) > 0


def _helper(lab: Lab) -> str:
    return f"{lab.cloud}-{MINE}listener"


def _take_port(lab: Lab) -> None:
    """Let somebody else listen where Glance does, while it is away for a moment."""
    lab.docker("stop", lab.name("glance_api"))
    image = json.loads(lab.docker("inspect", lab.name(lab.node)))[0]["Image"]
    where = ("--network", f"container:{lab.name(lab.node)}", "--entrypoint", "python3")
    lab.docker("run", "--detach", "--name", _helper(lab), *where, image, "-c", LISTEN, lab.internal, "9292")
    lab.docker("start", lab.name("glance_api"))


def _give_port(lab: Lab, _: Any) -> None:
    lab.docker("rm", "--force", _helper(lab))


def _remove(short: str) -> Any:
    return lambda lab: lab.docker("rm", "--force", lab.name(short))


def _unplug(lab: Lab) -> str:
    """Pull the node out of the external network."""
    address = lab.endpoint("external")["IPAddress"]
    lab.docker("network", "disconnect", lab.network("external"), lab.name(lab.node))
    return str(address)


def _plug(lab: Lab, address: Any) -> None:
    lab.docker("network", "connect", "--ip", str(address), lab.network("external"), lab.name(lab.node))
    lab.restart("openvswitch_vswitchd")


def _unplugged(lab: Lab) -> bool:
    try:
        lab.endpoint("external")
    except KeyError:
        return True
    return False


def _no_address(lab: Lab) -> None:
    """Take away the address at which the APIs listen."""
    lab.on_node(
        "ip", "address", "del", f"{lab.internal}/{lab.endpoint('internal')['IPPrefixLen']}", "dev", _device(lab)
    )


def _device(lab: Lab) -> str:
    for one in json.loads(lab.on_node("ip", "--json", "address", "show")):
        if one["address"] == lab.endpoint("internal")["MacAddress"]:
            return str(one["ifname"])
    raise Failed(1, "ip address", "", "no interface has the node's internal address")


def _address_back(lab: Lab, _: Any) -> None:
    place = lab.endpoint("internal")
    lab.on_node("ip", "address", "add", f"{place['IPAddress']}/{place['IPPrefixLen']}", "dev", _device(lab))
    lab.on_node("ip", "route", "replace", "default", "via", place["Gateway"])


def _no_sockets(lab: Lab) -> None:
    lab.inside("octavia_driver_agent", "sh", "-c", "rm -f /var/run/octavia/*.sock")


def _agent_again(lab: Lab, _: Any) -> None:
    lab.restart("octavia_driver_agent")


def _no_socket_left(lab: Lab) -> bool:
    return not lab.inside("octavia_driver_agent", "sh", "-c", "ls /var/run/octavia").split()


def _not_ours(lab: Lab) -> None:
    lab.inside("nova_compute", "chown", "root:root", "/var/lib/nova/instances")
    lab.inside("nova_compute", "chmod", "0700", "/var/lib/nova/instances")


def _ours(lab: Lab, _: Any) -> None:
    lab.inside("nova_compute", "chown", "nova:nova", "/var/lib/nova/instances")
    lab.inside("nova_compute", "chmod", "0755", "/var/lib/nova/instances")


def _is_not_ours(lab: Lab) -> bool:
    return lab.inside("nova_compute", "stat", "--format", "%U", "/var/lib/nova/instances").strip() == "root"


GLANCE = container("glance_api")
FAULTS = (
    Fault(
        "image-store-full",
        _fill_images,
        (f"{GLANCE}|glance|image", "space|full|disk"),
        _images_back,
        there=_images_full,
    ),
    Fault("glance-out-of-memory", _out_of_memory, (GLANCE, "memory|OOM|killed"), _made_anew, patience=25),
    Fault(
        "keystone-starved",
        _starve,
        (container("keystone"), "slow|processor|CPU|answer|time|unhealthy|limit"),
        _feed,
        there=_starved,
        patience=20,
    ),
    Fault("port-taken", _take_port, (f"{GLANCE}|9292", "port|in use|address|9292|taken"), _give_port, patience=20),
    Fault(
        "removed-placement_api",
        _remove("placement_api"),
        (container("placement_api"), "missing|gone|no container|not exist|removed|not there"),
        applies=True,
        patience=5,
    ),
    Fault(
        "removed-ovn_controller",
        _remove("ovn_controller"),
        (container("ovn_controller"), "missing|gone|no container|not exist|removed|not there"),
        applies=True,
        patience=5,
    ),
    Fault(
        "node-unplugged",
        _unplug,
        ("network|external|eth1|interface|node1", "external|eth1|network|attach|connect"),
        _plug,
        there=_unplugged,
    ),
    Fault(
        "node-address-gone",
        _no_address,
        ("address|network|node1|interface", "address|internal|interface|eth0"),
        _address_back,
    ),
    Fault(
        "octavia-sockets-gone",
        _no_sockets,
        (container("octavia_driver_agent"), "socket|unhealthy|check|sock"),
        _agent_again,
        there=_no_socket_left,
    ),
    Fault(
        "guest-disks-not-ours",
        _not_ours,
        ("nova|instances", "permission|own|right|instances"),
        _ours,
        there=_is_not_ours,
    ),
)
