"""Read from the engine what there is of a cloud."""

from __future__ import annotations

import asyncio

from skylift.engines import Engine
from skylift.model.observed import Observed


async def observe(engine: Engine, cloud: str) -> Observed:
    """Return the cloud's containers, networks and volumes, found by label."""
    containers, networks, volumes = await asyncio.gather(
        engine.containers(cloud), engine.networks(cloud), engine.volumes(cloud)
    )
    return Observed(
        containers={state.name: state for state in containers},
        networks={network.name: network for network in networks},
        volumes=frozenset(volumes),
    )
