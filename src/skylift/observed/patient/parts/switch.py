"""Open vSwitch: its database through its own client, and how many flows the integration bridge has."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from skylift.model.patient_cloud import Switch
from skylift.model.problem import Problem
from skylift.observed.patient.bed import Bed
from skylift.observed.patient.ovsdb import Row, atoms, first, mapping, rows_of, select

PART, SOURCE = "switch", "skylift exec openvswitch_vswitchd ovs-vsctl show"
SOCKET = "unix:/run/openvswitch/db.sock"
INTEGRATION, TUNNEL = "br-int", "br-tunnel"
UPLINK = "eth"
QUESTION = json.dumps(
    [
        "Open_vSwitch",
        select("Open_vSwitch", "external_ids", "other_config"),
        select("Bridge", "name", "ports"),
        select("Port", "_uuid", "name", "interfaces"),
        select("Interface", "_uuid", "name", "external_ids", "error", "ofport"),
    ]
)


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``switch``."""
    if not bed.has("openvswitch"):
        return {}
    (code, output), flows = await asyncio.gather(
        bed.run("openvswitch_db", ("ovsdb-client", "--timeout=3", "transact", SOCKET, QUESTION)), _flows(bed)
    )
    if code != 0:
        raise ValueError(" ".join(output.split()) or f"exit code {code}")
    node = bed.cloud.nodes[0]
    control = [one.internal for one in bed.cloud.nodes if "control" in one.roles]
    userspace = bed.cloud.machine.datapath == "netdev"
    wanted = {
        "system-id": node.name,
        "ovn-remote": ",".join(f"tcp:{address}:6642" for address in control),
        "ovn-encap-type": "geneve",
        "ovn-encap-ip": str(node.tunnel),
        "ovn-bridge-datapath-type": "netdev" if userspace else "system",
    }
    expected = [(INTEGRATION, ""), (bed.bridge, UPLINK), *([(TUNNEL, UPLINK)] if userspace else [])]
    return {"switch": read(rows_of(json.loads(output)), wanted, expected, flows, userspace=userspace)}


async def _flows(bed: Bed) -> int | None:
    """Return how many flows the integration bridge has; None where that cannot be told."""
    try:
        code, output = await bed.run("openvswitch_vswitchd", ("ovs-ofctl", "dump-aggregate", INTEGRATION), seconds=3.0)
    except (Problem, TimeoutError):
        return None
    match = re.search(r"flow_count=(\d+)", output)
    return int(match[1]) if code == 0 and match else None


def read(
    results: Sequence[Sequence[Row]],
    wanted: Mapping[str, str],
    expected: Sequence[tuple[str, str]],
    flows: int | None,
    *,
    userspace: bool,
) -> Switch:
    """Return the switch from the rows of its tables: itself, bridges, ports, interfaces."""
    whole, bridges, ports, interfaces = results
    names = {first(row["_uuid"]): str(row["name"]) for row in ports}
    settings = {key: str(value) for key, value in mapping(whole[0]["external_ids"]).items()}
    other = mapping(whole[0]["other_config"])
    taps, errors = {}, []
    for row in interfaces:
        # What is not attached to the datapath has no number.
        port, number, error = mapping(row["external_ids"]).get("iface-id"), first(row["ofport"]), first(row["error"])
        if port and (number or 0) > 0:
            taps[str(port)] = str(row["name"])
        if error:
            errors.append((str(row["name"]), str(error)))
    return Switch(
        settings=settings,
        wanted=wanted,
        ports={
            str(row["name"]): tuple(sorted(names[one] for one in atoms(row["ports"]) if one in names))
            for row in bridges
        },
        expected=tuple(expected),
        taps=taps,
        errors=tuple(sorted(errors)),
        flows=flows,
        segmentation=not userspace or str(other.get("userspace-tso-enable")) == "true",
    )
