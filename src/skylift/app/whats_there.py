"""Observe the cloud, when the engine has done what a run that was cut off had asked of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from skylift.desired.networks import PURPOSES, bridge_name
from skylift.engines import Engine
from skylift.model.container import LABEL
from skylift.model.observed import Observed
from skylift.observed import netlink
from skylift.observed.engine import observe

PATIENCE = 3.0
"""Seconds in which an engine has finished a network; a bridge that has none by then is a leftover of something else."""
PAUSE = 0.1


async def whats_there(engine: Engine, cloud: str) -> Observed:
    """Return what there is of ``cloud``.

    The engine goes on with a network when the process that asked for it has been killed. Until it is listed, its bridge
    is on this machine and seems to be somebody else's: that is waited for.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        observed = await observe(engine, cloud)
        links = [link.name for link in netlink.links()]
        if not half_made(cloud, links, observed) or time.monotonic() > deadline:
            return observed
        await asyncio.sleep(PAUSE)


def half_made(cloud: str, links: Iterable[str], observed: Observed) -> bool:
    """Return whether a bridge of ``cloud`` is among ``links`` whose network the engine does not list. Pure."""
    there = {network.labels.get(LABEL + "purpose") for network in observed.networks.values()}
    return any(bridge_name(cloud, purpose) in links for purpose in PURPOSES if purpose not in there)
