"""Whether the cloud is well, by what its users and its parts see; doctor has no say in it.

Containers run and their own checks pass, APIs and servers answer, agents report, the two guests run and their load
balancer is answered from the external network.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.faults.lab import LABEL, Failed, Lab

from skylift.model.problem import Problem

READS = {
    "identity": "/v3/projects",
    "image": "/v2/images?limit=1",
    "placement": "/resource_providers",
    "compute": "/servers?limit=1",
    "network": "/v2.0/networks?limit=1",
    "load-balancer": "/v2.0/lbaas/loadbalancers?limit=1",
}
"""What each API is asked for: something that is in its database."""
PORTS = (3306, 5672, 11211, 6641, 6642, 6080, 8775)
ASK = """
import sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
seen = set()
for _ in range(16):
    try:
        seen.add(opener.open(sys.argv[1], timeout=2).read())
    except OSError:
        continue
    if len(seen) == 2:
        break
print(len(seen))
"""
CONNECT = """
import socket, sys
for port in sys.argv[2:]:
    try:
        socket.create_connection((sys.argv[1], int(port)), timeout=3).close()
    except OSError as error:
        print(port, error)
"""


def complaints(lab: Lab) -> list[str]:
    """Return what is not well, in a few words each; nothing where all is."""
    shown = lab.inspected()
    found = list(_containers(lab, shown))
    if found:
        return found
    checks: list[Callable[[Lab], list[str]]] = [_ports, _apis, _agents, _guests, _address]
    with ThreadPoolExecutor(len(checks)) as pool:
        results = list(pool.map(lambda check: _guarded(check, lab), checks))
    found = [text for texts in results for text in texts]
    # The dearest last: what the engine itself has not found well since a start is asked again.
    return found or [text for one in shown for text in _check(lab, one)]


def wait(lab: Lab, seconds: float, also: Callable[[Lab], bool] | None = None) -> tuple[float | None, list[str]]:
    """Wait until the cloud is well, and ``also`` does not hold any more; return after how long, and what is not.

    The seconds are None where it did not come to that in time.
    """
    begun = time.monotonic()
    while True:
        asked = time.monotonic() - begun
        found = complaints(lab)
        if not found and also is not None and _guarded(lambda lab: ["it is still there"] if also(lab) else [], lab):
            found = ["what was injected is still there"]
        if not found:
            return asked, []
        if time.monotonic() - begun > seconds:
            return None, found
        lab.forget()
        time.sleep(1.0)


def _containers(lab: Lab, shown: list[dict[str, Any]]) -> Iterator[str]:
    names = {one["Config"]["Labels"][f"{LABEL}container"]: one for one in shown}
    yield from (f"{short}: no container" for short in lab.shorts if short not in names)
    node = names.get(lab.node)
    for short, one in names.items():
        state = one["State"]
        if state["Status"] != "running":
            yield f"{short}: {state['Status']}"
        elif node is not None and short != lab.node and _younger(node, one):
            yield f"{short}: in the network of a node that is gone"


def _younger(node: dict[str, Any], one: dict[str, Any]) -> bool:
    return bool(node["State"]["StartedAt"] > one["State"]["StartedAt"])


def _guarded(check: Callable[[Lab], list[str]], lab: Lab) -> list[str]:
    try:
        return check(lab)
    except Problem as problem:
        return [f"{problem.code}: {problem.detail[:160]}"]
    except (Failed, subprocess.TimeoutExpired, OSError, KeyError, IndexError) as error:
        return [f"{type(error).__name__}: {error}"[:200]]


def _ports(lab: Lab) -> list[str]:
    lines = lab.inside(lab.node, "python3", "-c", CONNECT, lab.internal, *map(str, PORTS)).splitlines()
    return [f"port {line}" for line in lines]


def _apis(lab: Lab) -> list[str]:
    return [f"{kind}: does not answer" for kind, path in READS.items() if not lab.answered(kind, path)]


def _agents(lab: Lab) -> list[str]:
    services = lab.api.list("compute", "/os-services", "services")
    bad = [f"{one['binary']}: {one['state']}, {one['status']}" for one in services
           if (one["state"], one["status"]) != ("up", "enabled")]  # fmt: skip
    if not {one["binary"] for one in services} >= {"nova-compute", "nova-conductor", "nova-scheduler"}:
        bad.append("a service of nova is not listed")
    agents = lab.api.list("network", "/v2.0/agents", "agents")
    return bad + [f"{one['binary']} on {one['host']}: not alive" for one in agents if not one["alive"]]


def _guests(lab: Lab) -> list[str]:
    guests = lab.guests()
    bad = [f"{one['name']}: {one['status']} {one['OS-EXT-STS:task_state'] or ''}" for one in guests
           if one["status"] != "ACTIVE" or one["OS-EXT-STS:task_state"]]  # fmt: skip
    balancers = lab.api.list("load-balancer", "/v2.0/lbaas/loadbalancers", "loadbalancers")
    states = ((one["name"], one["provisioning_status"], one["operating_status"]) for one in balancers)
    bad += [f"load balancer {name}: {made}, {works}" for name, made, works in states if (made, works) != GOOD]
    return bad if len(guests) == 2 else [*bad, f"{len(guests)} of 2 guests"]


GOOD = ("ACTIVE", "ONLINE")


def _address(lab: Lab) -> list[str]:
    """Ask until both guests have answered: which of them does follows from the port of the caller."""
    seen = lab.docker("exec", probe_name(lab), "python3", "-c", ASK, f"http://{lab.address}/").strip()
    return [] if seen == "2" else [f"{lab.address} is answered by {seen} of 2 guests"]


def _check(lab: Lab, one: dict[str, Any]) -> list[str]:
    """Run a container's own check, where the engine has not found it well."""
    test = (one["Config"].get("Healthcheck") or {}).get("Test") or ["NONE"]
    if test[0] == "NONE" or (one["State"].get("Health") or {}).get("Status") == "healthy":
        return []
    short = one["Config"]["Labels"][f"{LABEL}container"]
    try:
        lab.docker("exec", lab.name(short), *test[1:], seconds=20)
    except (Failed, subprocess.TimeoutExpired):
        return [f"{short}: its check fails"]
    return []


def probe_name(lab: Lab) -> str:
    """Return the name of the container that asks from the external network."""
    return f"{lab.cloud}-fault-probe"


def start_probe(lab: Lab) -> None:
    """Make the container that asks from the external network anew."""
    image = next(one["Image"] for one in lab.inspected() if one["Config"]["Labels"][f"{LABEL}container"] == lab.node)
    stop_probe(lab)
    network = ("--network", lab.network("external"), "--entrypoint", "sleep")
    lab.docker("run", "--detach", "--init", "--name", probe_name(lab), *network, image, "infinity")


def stop_probe(lab: Lab) -> None:
    """Remove it."""
    lab.docker("rm", "--force", probe_name(lab), check=False)
