"""What must hold for any plan, whatever is wanted and whatever is there.

The engine of ``carry`` checks on the way that nothing begins before what it needs is done and what it waits for is
ready, and that nobody runs with an old password when a new one is set.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.plan.carry import Engine, carried_out
from tests.unit.plan.clouds import Case, clouds, shuffled
from tests.unit.plan.world import setup

from skylift.model.container import LABEL, ContainerState, stamp
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.plan.explain import explain
from skylift.plan.limit import limit
from skylift.plan.make import make

seeds = st.integers(0, 10_000)


def told(wanted: Desired, observed: Observed) -> list[str]:
    return [f"{operation.id}: {operation.cause}" for operation in make(wanted, observed)]


def essence(observed: Observed, wanted: Desired) -> dict[str, Any]:
    """Return what counts of the end state. Labels may be older after a reload than those of a new container."""
    specs = {one.name: one for one in wanted.containers}
    apis = observed.apis
    return {
        "containers": {
            name: (
                one.status,
                one.exit_code,
                one.image_id,
                _stamps(one),
                replace(one.setup or setup(specs[name]), network=""),
            )
            for name, one in observed.containers.items()
        },
        "networks": set(observed.networks),
        "volumes": observed.volumes,
        "catalogue": sorted(one.name for one in apis.catalogue) if apis else None,
        "apis": replace(apis, catalogue=()) if apis else None,
    }


def _stamps(found: ContainerState) -> dict[str, int]:
    """Return the stamps of a container's files; where nobody looked, the label tells."""
    files = json.loads(found.labels.get(LABEL + "files", "{}"))
    return dict(found.stamps) or {path: stamp(digest) for path, digest in files.items()}


@given(clouds(), seeds)
@settings(max_examples=100)
def test_carrying_out_a_plan_in_any_order_leaves_nothing_to_do(case: Case, seed: int) -> None:
    wanted, observed = case
    plan = make(wanted, observed)
    after = carried_out(shuffled(plan, seed), wanted, observed)
    assert told(wanted, after) == []


@given(clouds())
@settings(max_examples=50)
def test_planning_twice_gives_the_same_text(case: Case) -> None:
    wanted, observed = case
    texts = {name: dict.fromkeys(state.stamps, "a = 1") for name, state in observed.containers.items()}
    first, second = (explain(make(wanted, observed), wanted, texts, str).as_dict() for _ in range(2))
    assert first == second


@given(clouds(), seeds, st.floats(0, 1), st.booleans())
@settings(max_examples=100)
def test_a_run_cut_off_anywhere_is_gone_on_with_to_the_same_end(
    case: Case, seed: int, share: float, files: bool
) -> None:
    wanted, observed = case
    plan = shuffled(make(wanted, observed), seed)
    cut = int(share * len(plan))
    engine = Engine(wanted, observed)
    for operation in plan[:cut]:
        engine.carry_out(operation)
    for operation in plan[cut : cut + 1]:
        engine.half(operation, files)
    resumed = carried_out(shuffled(make(wanted, engine.observed()), seed), wanted, engine.observed())
    assert told(wanted, resumed) == []
    assert essence(resumed, wanted) == essence(carried_out(plan, wanted, observed), wanted)


@given(clouds(), st.sets(st.sampled_from(["keystone", "s0", "s1", "s2", "gone", "node"])), seeds)
@settings(max_examples=100)
def test_a_limited_plan_can_be_carried_out_and_leaves_the_rest(case: Case, services: set[str], seed: int) -> None:
    wanted, observed = case
    whole = make(wanted, observed)
    part = limit(whole, services, wanted)
    ids = {operation.id for operation in part}
    by_id = {operation.id: operation for operation in whole}
    assert all(by_id[one].needs & by_id.keys() <= ids for one in ids), "a need was left out"
    after = carried_out(shuffled(part, seed), wanted, observed)
    rest = make(wanted, after)
    waits = {one for one in by_id if one.startswith("container.ready:")}
    assert {operation.id for operation in rest} - waits == by_id.keys() - ids - waits
    assert told(wanted, carried_out(shuffled(rest, seed), wanted, after)) == []
