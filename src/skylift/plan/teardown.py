"""The plan that removes a cloud. Pure."""

from __future__ import annotations

from skylift.model.container import LABEL
from skylift.model.observed import Observed
from skylift.model.plan import Operation, Plan

GRACE_WITH_DATA, GRACE_WITHOUT = 15, 1


def teardown(cloud: str, observed: Observed, *, keep: frozenset[str] = frozenset()) -> Plan:
    """Return the plan that removes everything of ``cloud`` but the volumes in ``keep``.

    Containers that share a node's namespace go before the node; networks and volumes go when nobody uses them. With
    data to keep, programs get time to write; without, they need none.
    """
    grace = GRACE_WITH_DATA if keep else GRACE_WITHOUT
    cause = "the cloud is taken down"
    operations: list[Operation] = []
    joined: list[str] = []
    nodes: list[str] = []
    for name, state in sorted(observed.containers.items()):
        (nodes if state.labels.get(LABEL + "service") == "node" else joined).append(name)

    def add(action: str, target: str, needs: list[str], payload: object = None) -> str:
        identity = f"{action}:{target}"
        operations.append(Operation(identity, action, target, cause, "", frozenset(needs), payload))
        return identity

    first = [add("container.remove", name, [], grace) for name in joined]
    last = [add("container.remove", name, first, GRACE_WITHOUT) for name in nodes]
    for network in sorted(observed.networks):
        add("network.remove", network, first + last)
    for volume in sorted(observed.volumes - keep):
        add("volume.remove", volume, first + last)
    return Plan(cloud, tuple(operations))
