"""Which cloud this is: its networks, nodes and machine facts, read back from what exists or chosen anew."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv4Network

from skylift.app.workspace import Workspace
from skylift.desired.addresses import nodes as place_nodes
from skylift.desired.networks import choose
from skylift.model.cloud import Cloud, EngineNetwork, Machine
from skylift.model.container import LABEL
from skylift.model.observed import Observed

PURPOSES = ("internal", "external", "tunnel")


def known_machine(observed: Observed) -> Machine | None:
    """Return the machine facts that were noted on a node's container when the cloud was made."""
    for state in observed.containers.values():
        if state.labels.get(LABEL + "service") == "node" and LABEL + "machine" in state.labels:
            return Machine(**json.loads(state.labels[LABEL + "machine"]))
    return None
