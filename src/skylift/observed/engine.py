"""Read from the engine what there is of a cloud."""

from __future__ import annotations

import asyncio

from skylift.engines import Engine
from skylift.engines.files import look_at_files
from skylift.model.container import LABEL, ContainerState
from skylift.model.observed import Observed


async def observe(engine: Engine, cloud: str) -> Observed:
    """Return the cloud's containers, networks and volumes, found by label.

    Of containers that are to run, and of jobs that have not ended well, the configuration files are looked at as well.
    """
    states, networks, volumes = await asyncio.gather(
        engine.containers(cloud), engine.networks(cloud), engine.volumes(cloud)
    )
    containers, images = await asyncio.gather(
        asyncio.gather(*(_nothing(state) if done(state) else look_at_files(engine, state) for state in states)),
        engine.image_setups({state.image_id for state in states}),
    )
    return Observed(
        containers={state.name: state for state in containers},
        networks={network.name: network for network in networks},
        volumes=frozenset(volumes),
        images=images,
    )


def done(state: ContainerState) -> bool:
    """Return whether the container is a job that ended well: a record, whose files nobody will read again."""
    return state.labels.get(LABEL + "kind") == "job" and state.status == "exited" and state.exit_code == 0


async def _nothing(state: ContainerState) -> ContainerState:
    return state
