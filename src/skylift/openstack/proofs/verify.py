"""Run all proofs, report, and leave nothing behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable
from functools import partial
from typing import Any, Literal

from skylift.model.event import Sink, StepFinished, StepStarted
from skylift.model.problem import Problem
from skylift.model.proof import ProofResult, Report
from skylift.openstack.proofs.bench import Bench, Calls, Made, ProofContext
from skylift.openstack.proofs.cleanup import remove_all
from skylift.openstack.proofs.graph import choose, walk
from skylift.openstack.proofs.proof import Proof, Unproven, load

_CLEAN_UP = "clean-up"


async def verify(ctx: ProofContext, sink: Sink, keep: bool = False, stop: asyncio.Event | None = None) -> Report:
    """Run the proofs of the enabled services side by side and return the report.

    What they made is removed at the end, also after a failure, when ``stop`` is set and when cancelled, and shown as
    the check ``clean-up``; a second cancellation cuts that short, and the next run finishes it. With ``keep`` the
    guests and addresses stay. The probe container never stays. Events: one step for each proof.
    """
    proofs = choose(load(), ctx.services)
    bench = Bench(ctx, sink, Calls(), Made(), keep)
    results: dict[str, ProofResult] = {}
    last: ProofResult | None = None
    try:
        try:
            await _until_stopped(walk(proofs, partial(_perform, bench), partial(_leave_out, bench), results), stop)
        finally:
            last = await _leave(bench)
    finally:
        bench.calls.close()
    return report(proofs, results, last, bench.made.answered or None)


async def _until_stopped(work: Coroutine[Any, Any, None], stop: asyncio.Event | None) -> None:
    """Do ``work``, or as much of it as can be done before ``stop`` is set."""
    task = asyncio.create_task(work, name="proofs")
    watch = asyncio.create_task((stop or asyncio.Event()).wait(), name="stop")
    try:
        await asyncio.wait((task, watch), return_when=asyncio.FIRST_COMPLETED)
    finally:
        watch.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))
    if not task.cancelled():
        task.result()


def report(
    proofs: Iterable[Proof], results: dict[str, ProofResult], last: ProofResult | None, address: str | None
) -> Report:
    """Return the report: what is shown, in its places, then ``last``. What has no result was interrupted."""
    shown = sorted((proof for proof in proofs if proof.shown), key=lambda proof: (proof.place, proof.name))
    checks = [results.get(proof.name) or ProofResult(proof.name, False, 0.0, "interrupted") for proof in shown]
    return Report(address, (*checks, *((last,) if last else ())))


async def _perform(bench: Bench, proof: Proof) -> ProofResult:
    """Run one proof with its events; every failure becomes a result."""
    bench.sink(StepStarted(proof.name, "proof", proof.title))
    begin = time.monotonic()
    problem: dict[str, str] | None = None
    try:
        detail, ok = await proof.run(bench.at(proof.name)), True
    except Problem as failure:
        detail, ok, problem = _told(failure), False, failure.as_dict()
    except Unproven as failure:
        detail, ok = str(failure), False
    except Exception as failure:
        # An answer of a form nobody thought of must not take the other proofs, nor the removal, with it.
        detail, ok = f"{type(failure).__name__}: {failure}", False
    result = ProofResult(proof.name, ok, time.monotonic() - begin, detail)
    _finished(bench, result, problem)
    return result


def _finished(bench: Bench, result: ProofResult, problem: dict[str, str] | None = None) -> None:
    if not result.ok and problem is None:
        problem = Problem("proof-failed", "A proof did not hold", result.detail, where=result.name).as_dict()
    state: Literal["ok", "failed"] = "ok" if result.ok else "failed"
    bench.sink(StepFinished(result.name, state, result.seconds, result.detail, problem))


def _told(problem: Problem) -> str:
    return f"{problem.summary}: {problem.detail}" if problem.detail else problem.summary


def _leave_out(bench: Bench, proof: Proof, reason: str) -> ProofResult:
    result = ProofResult(proof.name, False, 0.0, reason)
    bench.sink(StepFinished(proof.name, "blocked", 0.0, reason))
    return result


async def _leave(bench: Bench) -> ProofResult | None:
    """Remove the probe, and everything else unless it is to be kept."""
    await bench.calls.settle()
    if bench.made.probe is not None:
        await bench.made.probe.stop()
    if bench.keep or not bench.made.begun:
        return None
    return await _perform(bench, Proof(_CLEAN_UP, "what verify made is removed", "", remove_all))
