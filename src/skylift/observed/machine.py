"""What the machine can do for a cloud: virtualisation and datapath are tried, not read off a file."""

from __future__ import annotations

import asyncio

from skylift.engines import Engine
from skylift.engines.connect import socket_path
from skylift.engines.look import EngineHoldings, holdings
from skylift.model.cloud import Machine
from skylift.observed.datapath import try_datapath
from skylift.observed.kvm import LIMIT, try_kvm


async def read_machine(
    engine: Engine, image: str, seconds: int = LIMIT, known: EngineHoldings | None = None, cloud: str = ""
) -> Machine:
    """Return what was found out about this machine. ``image`` is one with QEMU (nova-libvirt).

    Takes a fraction of a second, and up to ``seconds`` more where guests hang under KVM. ``known`` spares the
    question to the engine, ``cloud`` is whose label the trial's container gets. Raises Problem when the engine is lost.
    """
    kvm, held = await asyncio.gather(try_kvm(engine, image, seconds=seconds, cloud=cloud), _held(engine, known))
    datapath = try_datapath()
    return Machine(
        virt_type=kvm.virt_type,
        virt_why=kvm.why,
        datapath=datapath.datapath,
        datapath_why=datapath.why,
        cpus=held.cpus,
        memory=held.memory,
        socket=socket_path(),
        engine=f"{held.facts.name} {held.facts.version}",
    )


async def _held(engine: Engine, known: EngineHoldings | None) -> EngineHoldings:
    return known or await holdings(engine)
