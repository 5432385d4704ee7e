"""A service user that is made anew: who holds tokens of the one that is gone starts again."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.plan.world import NODE, desired, settled, spec

from skylift.model.desired import ServiceAccount
from skylift.model.observed import Observed
from skylift.model.secret import Secret
from skylift.plan.make import make

KEY = "nova_keystone_password"
HELD = {KEY: "x"}
CLOUD = replace(
    desired(
        spec("keystone", service="keystone", passwords=HELD),
        spec("nova_api", service="nova", passwords=HELD, after=("catalogue",)),
        spec("neutron_server", service="neutron", passwords=HELD),
        spec("glance_api", service="glance"),
        spec("nova_bootstrap", service="nova", passwords=HELD, job=True),
    ),
    accounts=(ServiceAccount("nova", "nova", Secret("x"), ("service",), KEY),),
)


def without(login: str = "missing") -> Observed:
    """Return the settled cloud, of which keystone says something else about the user."""
    observed = settled(CLOUD)
    assert observed.apis is not None
    return replace(observed, apis=replace(observed.apis, logins={"nova": login}))


def test_those_that_log_in_as_it_are_stopped_before_and_start_after() -> None:
    order = [one.id for one in make(CLOUD, without())]
    account = order.index("account.ensure:nova")
    for name in (f"{NODE}-nova_api", f"{NODE}-neutron_server"):
        assert order.index(f"container.stop:{name}") < account < order.index(f"container.start:{name}")
    assert not any(name in one for one in order for name in ("glance", "bootstrap", "-keystone"))


def test_a_plan_that_was_cut_off_starts_them_too() -> None:
    observed = without()
    name = f"{NODE}-nova_api"
    stopped = {**observed.containers, name: replace(observed.containers[name], status="exited")}
    order = [one.id for one in make(CLOUD, replace(observed, containers=stopped))]
    assert order.index("account.ensure:nova") < order.index(f"container.start:{name}")
    assert f"container.stop:{NODE}-neutron_server" in order


def test_a_user_whose_password_changed_is_the_same_user() -> None:
    for login in ("ok", "refused", "disabled"):
        assert not any("container" in one.id for one in make(CLOUD, without(login)))


def test_the_cause_is_told() -> None:
    changes = {change.target: change.causes for change in make(CLOUD, without()).changes}
    assert "user nova is made anew" in changes[f"{NODE}-nova_api"][0]
