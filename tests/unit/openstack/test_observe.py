"""What the APIs say, and what is made of an administrator whose password keystone does not take."""

from __future__ import annotations

from tests.unit.openstack.fake_cloud import FakeCloud
from tests.unit.plan.world import cloud as shape

from skylift.model.desired import CatalogueEntry, Desired, Retired, ServiceAccount
from skylift.model.secret import Secret
from skylift.openstack.catalogue import Catalogue
from skylift.openstack.client import Api, Credentials
from skylift.openstack.observe import observe_apis

NAMES = ("glance", "nova", "placement", "octavia")
ACCOUNTS = tuple(ServiceAccount(name, name, Secret(f"pw-{name}"), ("service",), f"{name}_password") for name in NAMES)
WANTED = Desired(shape(), (), frozenset(), (), (CatalogueEntry("glance", "image", "glance", "", "http://a"),), ACCOUNTS)


def filled(cloud: FakeCloud) -> None:
    for account in ACCOUNTS:
        Catalogue(cloud.api()).ensure_account(account)
        cloud.passwords[account.name] = account.password.reveal()
    cloud.requests.clear()


def test_each_service_user_is_tried_with_its_password(cloud: FakeCloud) -> None:
    filled(cloud)
    answers = observe_apis(cloud.api(), WANTED)
    assert answers.apis is not None
    assert answers.apis.logins == dict.fromkeys(NAMES, "ok")
    assert answers.apis.accounts["nova"] == {"admin", "service"}
    assert not answers.refused
    # As many requests as before, and a login for each user; the list of users is not needed.
    assert sorted(path for _, path in cloud.requests if "tokens" not in path) == [
        "/v3/domains",
        "/v3/endpoints",
        "/v3/projects",
        "/v3/role_assignments",
        "/v3/roles",
        "/v3/services",
    ]
    assert sum("tokens" in path for _, path in cloud.requests) == 1 + len(NAMES)


def test_what_was_done_to_users_through_the_api_is_told_apart(cloud: FakeCloud) -> None:
    filled(cloud)
    cloud.named("/v3/users", "glance")["enabled"] = False
    cloud.passwords["nova"] = "changed"
    del cloud.items["/v3/users"][cloud.named("/v3/users", "placement")["id"]]
    del cloud.passwords["placement"]
    cloud.grants[:] = [grant for grant in cloud.grants if grant[0] in cloud.items["/v3/users"]]
    apis = observe_apis(cloud.api(), WANTED).apis
    assert apis is not None
    assert apis.logins == {"glance": "disabled", "nova": "refused", "placement": "missing", "octavia": "ok"}


def test_users_are_asked_for_their_mark_where_a_service_is_off(cloud: FakeCloud) -> None:
    filled(cloud)
    wanted = Desired(shape(), (), frozenset(), (), retired=(Retired("octavia", "default", account="octavia"),))
    apis = observe_apis(cloud.api(), wanted).apis
    assert apis is not None
    assert apis.made == set(NAMES)


def test_a_refused_administrator_is_no_silent_keystone(cloud: FakeCloud) -> None:
    answers = observe_apis(cloud.api("wrong"), WANTED)
    assert (answers.apis, answers.refused) == (None, True)
    silent = Api(Credentials("http://127.0.0.1:9/v3", "admin", Secret("right"), "admin"))
    answers = observe_apis(silent, WANTED)
    assert (answers.apis, answers.refused) == (None, False)


def test_the_password_that_worked_last_is_used_to_look(cloud: FakeCloud) -> None:
    filled(cloud)
    answers = observe_apis(cloud.api("new"), WANTED, cloud.api("right"))
    assert answers.refused
    assert answers.apis is not None
    assert answers.apis.logins["nova"] == "ok"
    answers = observe_apis(cloud.api("new"), WANTED, cloud.api("old"))
    assert (answers.apis, answers.refused) == (None, True)
