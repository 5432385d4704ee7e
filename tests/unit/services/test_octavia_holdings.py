"""Load balancers are listed before octavia goes, and deleted with what belongs to them when their data go too."""

from __future__ import annotations

from typing import Any, cast

import pytest

from skylift.model.problem import Problem
from skylift.openstack import holdings
from skylift.openstack.client import Api
from skylift.openstack.errors import ApiProblem
from skylift.services.octavia import holdings as octavia


class Cloud:
    """Stands in for the APIs: load balancers that need some looks until they are gone."""

    def __init__(self, *names: str, looks: int = 1, busy: str = "", on: bool = True) -> None:
        self.items = {name: {"id": name, "name": name, "project_id": "p", "vip_address": "10.0.0.9"} for name in names}
        self.looks, self.busy, self.on = looks, busy, on
        self.deleted: list[str] = []

    def has(self, service: str) -> bool:
        return self.on

    def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        if key == "projects":
            return [{"id": "p", "name": "demo"}]
        if key == "ports":
            assert params == {"device_owner": "ovn-lb:vip"}
            return [{"fixed_ips": [{"ip_address": "10.0.0.9"}]}]
        if self.deleted:
            self.looks -= 1
        for name in self.deleted if self.looks <= 0 else ():
            self.items.pop(name, None)
        return [{**item, "provisioning_status": "PENDING_UPDATE" if item["id"] == self.busy else "ERROR"}
                for item in self.items.values()]  # fmt: skip

    def delete(self, service: str, path: str, **params: str) -> None:
        assert params == {"cascade": "true"}
        name = path.rsplit("/", 1)[1]
        if name == self.busy:
            self.busy = ""
            raise ApiProblem("api-refused", "immutable", where=path, status=409)
        self.deleted.append(name)


def api(cloud: Cloud) -> Api:
    return cast(Api, cloud)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def test_load_balancers_are_listed_with_project_and_address() -> None:
    assert holdings.found(api(Cloud("web", "db")), "octavia") == (
        holdings.Holding("load balancer", "db", "demo", "10.0.0.9"),
        holdings.Holding("load balancer", "web", "demo", "10.0.0.9"),
    )
    assert holdings.found(api(Cloud("web", on=False)), "octavia") == ()


def test_all_are_deleted_and_waited_for() -> None:
    cloud = Cloud("web", "db", looks=3)
    assert holdings.remove(api(cloud), "octavia") == "2 removed"
    assert cloud.items == {}
    assert holdings.remove(api(Cloud()), "octavia") == "there was nothing"


def test_one_that_was_busy_is_deleted_later() -> None:
    cloud = Cloud("web", busy="web", looks=0)
    assert octavia.remove(api(cloud)) == 1
    assert cloud.deleted == ["web"]


def test_one_that_stays_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(octavia, "SECONDS", -1.0)
    with pytest.raises(Problem) as caught:
        octavia.remove(api(Cloud("web", looks=99)))
    assert (caught.value.code, caught.value.detail) == (
        "holdings-remain",
        "load balancers that are still there: web (ERROR)",
    )


def test_what_is_left_of_it_elsewhere_is_known_by_its_ports() -> None:
    assert holdings.orphans(api(Cloud()), "octavia") == ("10.0.0.9",)


def test_a_service_without_a_file_of_its_own_holds_nothing() -> None:
    assert holdings.found(api(Cloud("web")), "glance") == ()
    assert (holdings.told("glance"), holdings.orphans(api(Cloud()), "glance")) == ("", ())
    assert "keep answering" in holdings.told("octavia")
