"""Domains of services: made with their administrator, switched off, removed; seen as they are."""

from __future__ import annotations

from tests.unit.openstack.fake_cloud import FakeCloud

from skylift.model.desired import MADE, ServiceAccount, ServiceDomain
from skylift.model.secret import Secret
from skylift.openstack.catalogue import Catalogue
from skylift.openstack.users import login

DOMAIN = ServiceDomain("heat", "stacks", "Users of stacks")
KEEPER = ServiceAccount("heat", "keeper", Secret("pw"), (), "keeper_password", "stacks")


def test_a_domain_is_made_with_its_administrator(cloud: FakeCloud) -> None:
    catalogue = Catalogue(cloud.api())
    assert catalogue.ensure_domain(DOMAIN) == "created"
    assert catalogue.ensure_account(KEEPER) == "created"
    assert [catalogue.ensure_domain(DOMAIN), catalogue.ensure_domain(DOMAIN)] == ["was right", "was right"]
    made = cloud.named("/v3/domains", "stacks")
    assert made["description"] == f"Users of stacks, {MADE}"
    assert cloud.named("/v3/users", "keeper")["domain_id"] == made["id"]
    assert [domain for domain, _, _ in cloud.domain_grants] == [made["id"]]
    seen = Catalogue(cloud.api()).observe()
    assert seen.domains == {"stacks": (True, True)}
    assert seen.accounts == {"keeper@stacks": {"admin"}}


def test_a_domain_that_is_off_says_so_and_is_switched_on(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_domain(DOMAIN)
    Catalogue(cloud.api()).ensure_account(KEEPER)
    cloud.passwords["keeper"] = "pw"
    where = cloud.api().credentials
    assert login(where, KEEPER) == "ok"
    assert Catalogue(cloud.api()).disable_domain("stacks") == "switched off"
    assert login(where, KEEPER) == "refused"
    catalogue = Catalogue(cloud.api())
    assert catalogue.users.why_refused(KEEPER) == "off"
    assert catalogue.observe().domains == {"stacks": (False, True)}
    assert [catalogue.ensure_domain(DOMAIN), catalogue.ensure_account(KEEPER)] == ["switched on", "was right"]


def test_a_domain_is_switched_off_before_it_is_removed(cloud: FakeCloud) -> None:
    catalogue = Catalogue(cloud.api())
    catalogue.ensure_domain(DOMAIN)
    cloud.add("/v3/domains", name="theirs", enabled=True)
    cloud.changed()
    assert [catalogue.remove_domain("stacks"), catalogue.remove_domain("stacks")] == ["removed", "was gone"]
    assert [method for method, _ in cloud.changed()] == ["PATCH", "DELETE"]
    assert Catalogue(cloud.api()).observe().domains == {"theirs": (True, False)}
    assert catalogue.users.why_refused(KEEPER) == "missing"


def test_a_user_that_is_disabled_is_seen_and_enabled(cloud: FakeCloud) -> None:
    user = ServiceAccount("heat", "heat", Secret("pw"), ())
    Catalogue(cloud.api()).ensure_account(user)
    cloud.passwords["heat"] = "pw"
    catalogue = Catalogue(cloud.api())
    assert [catalogue.users.disable("heat"), catalogue.users.disable("heat")] == ["disabled", "was disabled"]
    assert catalogue.users.disable("nobody") == "was gone"
    assert Catalogue(cloud.api()).users.disabled() == {"heat"}
    assert Catalogue(cloud.api()).ensure_account(user) == "enabled"


def test_the_administrator_is_given_a_role_once(cloud: FakeCloud) -> None:
    assert Catalogue(cloud.api()).ensure_role("owner", granted=True) == "created, given to the administrator"
    assert Catalogue(cloud.api()).observe().granted == {"owner"}
    assert Catalogue(cloud.api()).ensure_role("owner", granted=True) == "was there"
