"""Which proofs are run, in which order, side by side where they can be. Knows nothing of what they prove."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from graphlib import TopologicalSorter

from skylift.model.proof import ProofResult
from skylift.openstack.proofs.proof import Proof

NOT_TRIED = "not tried: "


def choose(proofs: Iterable[Proof], services: frozenset[str]) -> tuple[Proof, ...]:
    """Return the proofs of these services and what they build on, each after all it waits for, else in their places.

    A proof that builds on something of a service that is not there is left out. Raises graphlib.CycleError when the
    waiting goes round, and KeyError for a need that nothing declares.
    """
    known = {proof.name: proof for proof in proofs}
    for proof in known.values():
        for need in (*proof.needs, *proof.after):
            known[need]

    def possible(name: str) -> bool:
        return known[name].service in services and all(possible(need) for need in known[name].needs)

    order = list(TopologicalSorter({p.name: (*p.needs, *p.after) for p in _placed(known.values())}).static_order())
    wanted: set[str] = set()
    for name in reversed(order):
        if possible(name) and (known[name].shown or name in wanted):
            wanted |= {name, *known[name].needs}
    return tuple(known[name] for name in order if name in wanted)


async def walk(
    proofs: Iterable[Proof],
    perform: Callable[[Proof], Awaitable[ProofResult]],
    leave_out: Callable[[Proof, str], ProofResult],
    results: dict[str, ProofResult],
) -> None:
    """Perform all of ``proofs`` (ordered by :func:`choose`); each result goes into ``results`` as soon as it is known.

    What needs something that did not hold is left out, for the reason given. ``perform`` must not raise.
    """
    tasks: dict[str, asyncio.Task[None]] = {}
    known = {proof.name: proof for proof in proofs}

    async def one(proof: Proof) -> None:
        waits = [tasks[name] for name in (*proof.needs, *proof.after) if name in tasks]
        if waits:
            await asyncio.wait(waits)
        lacking = [need for need in proof.needs if not results[need].ok]
        if lacking:
            results[proof.name] = leave_out(proof, missing(known[lacking[0]], results[lacking[0]]))
        else:
            results[proof.name] = await perform(proof)

    async with asyncio.TaskGroup() as group:
        for proof in known.values():
            tasks[proof.name] = group.create_task(one(proof), name=f"proof {proof.name}")


def missing(need: Proof, result: ProofResult) -> str:
    """Return why a dependent of ``need`` is not tried. What has no line of its own in the report is told."""
    if need.shown:
        return f"{NOT_TRIED}needs {need.name}"
    if result.detail.startswith(NOT_TRIED):
        return result.detail
    return f"{NOT_TRIED}needs {need.title}: {result.detail.partition(chr(10))[0]}"


def _placed(proofs: Iterable[Proof]) -> list[Proof]:
    return sorted(proofs, key=lambda proof: (proof.place, proof.name))
