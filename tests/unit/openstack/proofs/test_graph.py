"""Proofs are chosen by service and run after what they need; what fails takes its dependents, and nobody else."""

from __future__ import annotations

import asyncio
from graphlib import CycleError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.model.proof import ProofResult
from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.graph import choose, walk
from skylift.openstack.proofs.proof import Proof
from skylift.openstack.proofs.verify import report


async def nothing(bench: Bench) -> str:
    return bench.step


def proof(
    name: str,
    *,
    needs: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    service: str = "nova",
    shown: bool = True,
    place: int = 0,
) -> Proof:
    return Proof(name, f"a {name}", service, nothing, place, needs, after, shown)


NOVA = frozenset({"nova"})


def test_what_nothing_builds_on_is_not_made() -> None:
    proofs = (proof("network", shown=False), proof("key", shown=False), proof("guest", needs=("network",)))
    assert [one.name for one in choose(proofs, NOVA)] == ["network", "guest"]


def test_a_service_that_is_off_takes_what_builds_on_it() -> None:
    proofs = (proof("net", service="neutron", shown=False), proof("guest", needs=("net",)), proof("token"))
    assert [one.name for one in choose(proofs, NOVA)] == ["token"]


def test_a_need_nobody_declares_is_an_error() -> None:
    with pytest.raises(KeyError):
        choose((proof("guest", needs=("moon",)),), NOVA)


def test_waiting_in_a_circle_is_an_error() -> None:
    with pytest.raises(CycleError):
        choose((proof("a", after=("b",)), proof("b", needs=("a",))), NOVA)


async def run(proofs: tuple[Proof, ...], failing: frozenset[str]) -> tuple[dict[str, ProofResult], list[str]]:
    performed: list[str] = []

    async def perform(one: Proof) -> ProofResult:
        for need in (*one.needs, *one.after):
            assert need in performed or need in left_out
        await asyncio.sleep(0)
        performed.append(one.name)
        return ProofResult(one.name, one.name not in failing, 0.1, "no" if one.name in failing else "yes")

    left_out: list[str] = []

    def leave_out(one: Proof, reason: str) -> ProofResult:
        left_out.append(one.name)
        return ProofResult(one.name, False, 0.0, reason)

    results: dict[str, ProofResult] = {}
    await walk(choose(proofs, NOVA), perform, leave_out, results)
    return results, performed


async def test_dependents_of_a_failure_are_not_tried_and_say_why() -> None:
    proofs = (
        proof("net", shown=False),
        proof("guests", needs=("net",)),
        proof("ssh", needs=("guests",)),
        proof("last", after=("ssh",)),
    )
    results, performed = await run(proofs, frozenset({"guests"}))
    assert performed == ["net", "guests", "last"]
    assert results["ssh"].detail == "not tried: needs guests"
    assert results["last"].ok


async def test_the_failure_of_what_is_not_shown_is_told_by_those_that_need_it() -> None:
    proofs = (
        proof("net", shown=False),
        proof("router", needs=("net",), shown=False),
        proof("guests", needs=("router",)),
    )
    results, _ = await run(proofs, frozenset({"net"}))
    assert results["guests"].detail == "not tried: needs a net: no"


async def test_proofs_run_side_by_side() -> None:
    both = asyncio.Barrier(2)

    async def perform(one: Proof) -> ProofResult:
        await asyncio.wait_for(both.wait(), 1)
        return ProofResult(one.name, True, 0.0)

    def leave_out(one: Proof, reason: str) -> ProofResult:
        return ProofResult(one.name, False, 0.0, reason)

    results: dict[str, ProofResult] = {}
    await walk((proof("a"), proof("b")), perform, leave_out, results)
    assert set(results) == {"a", "b"}
    assert all(result.ok for result in results.values())


@given(st.data())
async def test_exactly_what_depends_on_a_failure_is_left_out(data: st.DataObject) -> None:
    names = [f"p{index}" for index in range(data.draw(st.integers(1, 8)))]
    proofs = tuple(
        proof(name, needs=tuple(sorted(data.draw(st.sets(st.sampled_from(names[:index]), max_size=3)))))
        if index
        else proof(name)
        for index, name in enumerate(names)
    )
    failing = frozenset(data.draw(st.sets(st.sampled_from(names))))
    results, performed = await run(proofs, failing)
    reached: set[str] = set()
    for one in proofs:
        if all(need in reached and need not in failing for need in one.needs):
            reached.add(one.name)
    assert set(performed) == reached
    assert {name for name, result in results.items() if result.ok} == reached - failing


def test_the_report_has_what_is_shown_in_its_places_and_the_removal_last() -> None:
    proofs = (proof("b", place=2), proof("a", place=1), proof("net", shown=False))
    results = {one.name: ProofResult(one.name, True, 1.2345, "seen") for one in proofs}
    made = report(proofs, results, ProofResult("clean-up", False, 0.5, "left"), "172.24.4.9")
    assert made.as_dict() == {
        "ok": False,
        "address": "172.24.4.9",
        "checks": [
            {"name": "a", "ok": True, "seconds": 1.23, "detail": "seen"},
            {"name": "b", "ok": True, "seconds": 1.23, "detail": "seen"},
            {"name": "clean-up", "ok": False, "seconds": 0.5, "detail": "left"},
        ],
    }


def test_what_was_interrupted_is_said() -> None:
    made = report((proof("a", place=1), proof("b", place=2)), {"a": ProofResult("a", True, 1.0)}, None, None)
    assert [(check.ok, check.detail) for check in made.checks] == [(True, ""), (False, "interrupted")]
