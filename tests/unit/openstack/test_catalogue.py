"""Roles, catalogue entries and service users: created, mended, left alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.unit.openstack.fake_cloud import FakeCloud

from skylift.model.desired import CatalogueEntry, ServiceAccount
from skylift.model.secret import Secret
from skylift.openstack.catalogue import Catalogue
from skylift.openstack.users import login

GLANCE = CatalogueEntry("glance", "image", "glance", "Images", "http://a:9292")
NOVA = ServiceAccount("nova", "nova", Secret("pw"), ("service",))


def test_an_entry_is_listed_with_three_endpoints(cloud: FakeCloud) -> None:
    catalogue = Catalogue(cloud.api())
    assert catalogue.ensure_entry(GLANCE) == "listed"
    entries = Catalogue(cloud.api()).observe().catalogue
    assert [(one.type, one.name) for one in entries] == [("image", "glance")]
    assert entries[0].urls == dict.fromkeys(("public", "internal", "admin"), "http://a:9292")
    cloud.changed()
    assert catalogue.ensure_entry(GLANCE) == "was right"
    assert Catalogue(cloud.api()).ensure_entry(GLANCE) == "was right"
    assert cloud.changed() == []


def test_a_wrong_url_is_corrected_and_duplicates_go(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_entry(GLANCE)
    service = cloud.named("/v3/services", "glance")["id"]
    endpoints = cloud.items["/v3/endpoints"]
    wrong = next(one for one in endpoints.values() if one["interface"] == "internal")
    wrong["url"] = "http://old:9292"
    cloud.add("/v3/endpoints", service_id=service, interface="public", region_id="RegionOne", url="x", enabled=True)
    other = cloud.add("/v3/endpoints", service_id=service, interface="public", region_id="Elsewhere", url="y")
    cloud.add("/v3/services", type="image", name="glance")
    cloud.changed()
    done = Catalogue(cloud.api()).ensure_entry(GLANCE)
    assert done == "a duplicate removed, a second public endpoint removed, internal was http://old:9292"
    assert wrong["url"] == "http://a:9292"
    assert len(endpoints) == 4
    assert other["id"] in endpoints
    assert len(cloud.items["/v3/services"]) == 1
    assert {method for method, _ in cloud.changed()} == {"DELETE", "PATCH"}


def test_an_account_is_made_with_project_and_roles(cloud: FakeCloud) -> None:
    catalogue = Catalogue(cloud.api())
    assert catalogue.ensure_account(NOVA) == "created"
    user = cloud.named("/v3/users", "nova")
    assert (user["domain_id"], user["password"], user["enabled"]) == ("default", "pw", True)
    assert cloud.named("/v3/projects", "service")["domain_id"] == "default"
    seen = Catalogue(cloud.api()).observe()
    accounts, roles = seen.accounts, seen.roles
    assert accounts == {"nova": frozenset({"admin", "service"})}
    assert roles == {"admin", "service"}


def test_an_account_that_is_right_is_left_alone(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_account(NOVA)
    cloud.passwords["nova"] = "pw"
    cloud.changed()
    assert Catalogue(cloud.api()).ensure_account(NOVA) == "was right"
    assert cloud.changed() == []


def test_a_password_that_is_refused_is_set(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_account(NOVA)
    cloud.named("/v3/users", "nova")["password"] = "old"
    cloud.passwords["nova"] = "old"
    assert Catalogue(cloud.api()).ensure_account(NOVA) == "password set"
    assert cloud.named("/v3/users", "nova")["password"] == "pw"


def test_a_missing_role_is_given(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_account(NOVA)
    cloud.passwords["nova"] = "pw"
    more = ServiceAccount("nova", "nova", Secret("pw"), ("service", "reader"))
    assert Catalogue(cloud.api()).ensure_account(more) == "given reader"


def test_accounts_side_by_side_make_one_project_and_one_role_each(cloud: FakeCloud) -> None:
    catalogue = Catalogue(cloud.api())
    accounts = [ServiceAccount(name, name, Secret("pw"), ("service",)) for name in "abcdefgh"]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(catalogue.ensure_account, accounts)) == ["created"] * 8
    assert len(cloud.items["/v3/projects"]) == 1
    assert sorted(role["name"] for role in cloud.items["/v3/roles"].values()) == ["admin", "service"]
    assert len(cloud.grants) == 16


def test_a_role_is_made_once(cloud: FakeCloud) -> None:
    catalogue = Catalogue(cloud.api())
    assert [catalogue.ensure_role("x"), catalogue.ensure_role("x")] == ["created", "was there"]
    catalogue.forget()
    assert catalogue.ensure_role("x") == "was there"


def test_the_project_that_was_disabled_is_enabled_once(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_account(NOVA)
    cloud.passwords["nova"] = "pw"
    cloud.named("/v3/projects", "service")["enabled"] = False
    catalogue = Catalogue(cloud.api())
    assert catalogue.observe().project_off
    cloud.changed()
    assert [catalogue.ensure_account(NOVA) for _ in range(2)] == ["project service enabled", "was right"]
    assert len(cloud.changed()) == 1
    assert not Catalogue(cloud.api()).observe().project_off


def test_observing_takes_six_requests(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).observe()
    assert len([one for one in cloud.requests if one[1] != "/v3/auth/tokens"]) == 6


@pytest.mark.parametrize("status", [403, 500])
def test_what_keystone_refuses_is_a_problem(cloud: FakeCloud, status: int) -> None:
    from skylift.openstack.errors import ApiProblem

    cloud.faults.append(("/v3/roles", status, {}, "{}"))
    with pytest.raises(ApiProblem):
        Catalogue(cloud.api()).observe()


def test_an_entry_that_was_disabled_is_seen_and_enabled(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_entry(GLANCE)
    cloud.named("/v3/services", "glance")["enabled"] = False
    next(one for one in cloud.items["/v3/endpoints"].values() if one["interface"] == "admin")["enabled"] = False
    entries = Catalogue(cloud.api()).observe().catalogue
    assert entries[0].disabled == {"service", "admin"}
    assert Catalogue(cloud.api()).ensure_entry(GLANCE) == "enabled, admin was disabled"
    entries = Catalogue(cloud.api()).observe().catalogue
    assert entries[0].disabled == frozenset()


def test_of_two_entries_the_right_one_stays(cloud: FakeCloud) -> None:
    empty = cloud.add("/v3/services", type="image", name="glance")
    cloud.add("/v3/endpoints", service_id=empty["id"], interface="public", region_id="RegionOne", url="x", enabled=True)
    right = cloud.add("/v3/services", type="image", name="glance")
    for interface in ("public", "internal", "admin"):
        values = {"interface": interface, "region_id": "RegionOne", "url": GLANCE.url, "enabled": True}
        cloud.add("/v3/endpoints", service_id=right["id"], **values)
    assert Catalogue(cloud.api()).ensure_entry(GLANCE) == "a duplicate removed"
    assert list(cloud.items["/v3/services"]) == [right["id"]]


def test_several_endpoints_of_one_interface_are_seen(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_entry(GLANCE)
    service = cloud.named("/v3/services", "glance")["id"]
    cloud.add("/v3/endpoints", service_id=service, interface="public", region_id="RegionOne", url="x", enabled=True)
    cloud.add("/v3/endpoints", service_id=service, interface="admin", region_id="Elsewhere", url="x", enabled=True)
    entries = Catalogue(cloud.api()).observe().catalogue
    assert entries[0].doubled == {"public"}


def test_why_a_user_is_not_let_in(cloud: FakeCloud) -> None:
    for name in ("fine", "off", "other"):
        account = ServiceAccount(name, name, Secret("pw"), ())
        Catalogue(cloud.api()).ensure_account(account)
        cloud.passwords[name] = "pw" if name != "other" else "theirs"
    cloud.named("/v3/users", "off")["enabled"] = False
    catalogue, where = Catalogue(cloud.api()), cloud.api().credentials
    logins = [login(where, ServiceAccount(name, name, Secret("pw"), ())) for name in ("fine", "off", "other", "no")]
    assert logins == ["ok", "refused", "refused", "refused"]
    strangers = [ServiceAccount(name, name, Secret("pw"), ()) for name in ("off", "other", "no")]
    assert [catalogue.users.why_refused(one) for one in strangers] == [
        "disabled",
        "refused",
        "missing",
    ]


def test_a_disabled_user_is_enabled_again_with_its_password(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_account(NOVA)
    cloud.passwords["nova"] = "pw"
    cloud.named("/v3/users", "nova")["enabled"] = False
    assert Catalogue(cloud.api()).ensure_account(NOVA) == "enabled"
    assert cloud.named("/v3/users", "nova")["enabled"] is True


def test_our_users_are_known_by_their_mark(cloud: FakeCloud) -> None:
    Catalogue(cloud.api()).ensure_account(NOVA)
    cloud.add("/v3/users", name="octavia", domain_id="default", description="mine")
    cloud.add("/v3/users", name="heat", domain_id="default")
    assert Catalogue(cloud.api()).users.made() == {"nova"}


def test_an_entry_goes_with_its_endpoints_unless_it_leads_elsewhere(cloud: FakeCloud) -> None:
    catalogue = Catalogue(cloud.api())
    catalogue.ensure_entry(GLANCE)
    theirs = cloud.add("/v3/services", type="image", name="glance")
    cloud.add("/v3/endpoints", service_id=theirs["id"], interface="public", region_id="RegionOne", url="http://b")
    catalogue.forget()
    assert catalogue.remove_entry(GLANCE) == "removed"
    assert list(cloud.items["/v3/services"]) == [theirs["id"]]
    assert catalogue.remove_entry(GLANCE) == "was gone"


def test_a_user_and_a_role_go_once(cloud: FakeCloud) -> None:
    catalogue = Catalogue(cloud.api())
    catalogue.ensure_account(NOVA)
    assert [catalogue.remove_account("nova"), catalogue.remove_account("nova")] == ["removed", "was gone"]
    assert [catalogue.remove_role("service"), catalogue.remove_role("service")] == ["removed", "was gone"]
    assert not cloud.items["/v3/users"]
    assert [role["name"] for role in cloud.items["/v3/roles"].values()] == ["admin"]
