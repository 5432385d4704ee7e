"""OVN: both databases asked at their ports, the daemon between them and the controllers inside their containers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from skylift.model.patient_cloud import Binding, Chassis, Network
from skylift.model.problem import Problem
from skylift.observed.patient.bed import Bed
from skylift.observed.patient.ovsdb import Row, ask, atoms, first, mapping, select

PART, SOURCE = "network", "skylift exec ovn_northd ovn-sbctl --db=tcp:ADDRESS:6642 show"
NORTHBOUND, SOUTHBOUND = 6641, 6642
GUEST = "compute:"
SECONDS = 3.0


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``network``."""
    if not bed.has("ovn"):
        return {}
    bed.require("ovn_nb_db", "ovn_sb_db")
    controllers = [name for name in bed.specs if name.partition("@")[0] == "ovn_controller" and bed.runs(name)]
    north, south, northd, said, ports = await asyncio.gather(
        _ask(bed, "northbound", NORTHBOUND, "OVN_Northbound", select("Logical_Switch_Port", "name")),
        _ask(
            bed,
            "southbound",
            SOUTHBOUND,
            "OVN_Southbound",
            select("Chassis", "name", "hostname", "encaps"),
            select("Encap", "_uuid", "ip"),
            select("Chassis_Private", "name", "nb_cfg", "nb_cfg_timestamp"),
            select("Port_Binding", "logical_port", "chassis", "up", "type", "options", "external_ids"),
        ),
        _say(bed, "ovn_northd", "ovn-northd", "status"),
        asyncio.gather(*(_say(bed, name, "ovn-controller", "connection-status") for name in controllers)),
        _ports(bed),
    )
    names = {str(row["name"]) for row in north[0]}
    return {
        "network": Network(
            chassis=chassis(south[0], south[1], south[2], bed.now),
            bindings=bindings(south[3]),
            northd=northd.removeprefix("Status:").strip(),
            controllers=dict(zip(controllers, said, strict=True)),
            nodes=tuple(node.name for node in bed.cloud.nodes if "compute" in node.roles),
            lost=tuple(port for port in ports if port not in names),
        )
    }


async def _ask(bed: Bed, name: str, port: int, database: str, *operations: Mapping[str, Any]) -> list[list[Row]]:
    """Ask a database, and name it in what goes wrong."""
    try:
        return await ask(bed.cloud.api_address, port, database, *operations, limit=bed.patience.limit)
    except TimeoutError as error:
        raise ValueError(f"the {name} database: no answer in time") from error
    except OSError as error:
        raise ValueError(f"the {name} database: {error.strerror or error}") from error


async def _say(bed: Bed, container: str, program: str, question: str) -> str:
    """Return what a program says of itself; why it does not where it does not; nothing where it does not run."""
    if not bed.runs(container):
        return ""
    try:
        code, output = await bed.run(
            container, ("ovn-appctl", "-t", f"/run/ovn/{program}.ctl", question), seconds=SECONDS
        )
    except TimeoutError:
        return "no answer"
    except Problem as problem:
        return problem.detail
    text = " ".join(output.split())
    return text if code == 0 else text or f"exit code {code}"


async def _ports(bed: Bed) -> list[str]:
    """Return neutron's ports of guests; none where it does not answer."""
    found: list[dict[str, Any]] = []
    with suppress(Problem):
        found = await bed.list("network", "/v2.0/ports", "ports", fields=["id", "device_owner", "binding:vif_type"])
    return [str(port["id"]) for port in found if str(port.get("device_owner", "")).startswith(GUEST)]


def chassis(rows: Sequence[Row], encaps: Sequence[Row], private: Sequence[Row], now: float) -> tuple[Chassis, ...]:
    """Return the chassis of the southbound database's rows. Their time stamps are milliseconds."""
    addresses = {first(row["_uuid"]): str(row["ip"]) for row in encaps}
    stamps = {str(row["name"]): row for row in private}
    found = []
    for row in rows:
        stamp = stamps.get(str(row["name"]), {})
        since = int(stamp.get("nb_cfg_timestamp") or 0) / 1000
        found.append(
            Chassis(
                name=str(row["name"]),
                host=str(row["hostname"]),
                addresses=tuple(addresses[one] for one in atoms(row["encaps"]) if one in addresses),
                age=max(0.0, now - since) if since else None,
                configuration=int(stamp.get("nb_cfg") or 0),
            )
        )
    return tuple(sorted(found, key=lambda one: one.name))


def bindings(rows: Sequence[Row]) -> tuple[Binding, ...]:
    """Return the ports of guests among the bindings."""
    found = [
        Binding(
            port=str(row["logical_port"]),
            chassis=str(first(row["chassis"]) or ""),
            up=bool(first(row["up"])),
            host=str(mapping(row["options"]).get("requested-chassis", "")),
        )
        for row in rows
        if row["type"] == "" and str(mapping(row["external_ids"]).get("neutron:device_owner", GUEST)).startswith(GUEST)
    ]
    return tuple(sorted(found, key=lambda one: one.port))
