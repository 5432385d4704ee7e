"""Plans for the declared services: as they are kept, and what must hold for each of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from tests.contracts import fixture, plans
from tests.unit.plan.carry import carried_out
from tests.unit.plan.world import settled

from skylift.model.desired import Desired
from skylift.model.plan import Plan
from skylift.plan.make import make

SECRETS = [name.upper() for name in fixture.passwords()]
CHANGED = "changed-" + "x" * 20


@pytest.fixture(scope="module")
def made() -> Mapping[str, Plan]:
    return {name: case() for name, case in plans.cases().items()}


@pytest.fixture(scope="module")
def base() -> Desired:
    return fixture.desired()


def test_golden_plans_are_current(made: Mapping[str, Plan]) -> None:
    """``python -m tests.contracts.plans`` writes them anew: read the difference before you commit it."""
    current = plans.golden(made)
    kept = {path: path.read_text() for path in plans.FOLDER.iterdir()}
    assert [path.name for path in current if kept.get(path) != current[path]] == []
    assert kept.keys() - current.keys() == set()


def test_no_plan_shows_a_password(made: Mapping[str, Plan]) -> None:
    for name, plan in made.items():
        shown = plans.text(plan) + json.dumps(plan.as_dict())
        assert not [secret for secret in (*SECRETS, "another-one", "s3cret") if secret in shown], name


def test_a_cloud_as_it_is_made_shows_no_drift(base: Desired) -> None:
    """What the engine is asked for, told back in its own language, is what was asked for."""
    plan = make(base, settled(base))
    assert [(operation.id, operation.cause) for operation in plan] == []


@pytest.mark.parametrize("name", sorted(fixture.passwords()))
def test_each_password_can_be_changed_without_a_lock_out(name: str, base: Desired) -> None:
    """It reaches everybody, no one runs with the old one when the new one is set, and neither is ever shown."""
    wanted = fixture.desired(changed={name: CHANGED})
    plan = plans.plan(wanted, settled(base), plans.texts_of(base))
    users = {spec.name for spec in wanted.containers if f"password {name}" in spec.inputs}
    assert users <= {change.target for change in plan.changes}
    assert make(wanted, carried_out(plan, wanted, settled(base))).empty
    shown = plans.text(plan) + json.dumps(plan.as_dict())
    assert not [secret for secret in (*SECRETS, CHANGED) if secret in shown]


@pytest.mark.parametrize("name", sorted(fixture.passwords()))
def test_a_former_password_is_not_shown(name: str, base: Desired) -> None:
    """The one in the container is in no passwords.yml any more: nothing but its place tells that it is one."""
    before = fixture.desired(changed={name: CHANGED})
    plan = plans.plan(base, settled(before), plans.texts_of(before))
    assert CHANGED not in plans.text(plan) + json.dumps(plan.as_dict())
