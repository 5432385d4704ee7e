"""What users have is listed by kind and name, and guests are stopped together, within a bound."""

from __future__ import annotations

import threading
from typing import Any, cast

from skylift.model.event import Event, StepFinished, StepProgress
from skylift.model.holding import Holding
from skylift.openstack.client import Api
from skylift.openstack.errors import ApiProblem
from skylift.openstack.guests import holdings, stop_guests


class Cloud:
    """Stands in for the APIs: guests that need some looks at them to go off."""

    def __init__(self, guests: dict[str, str], looks: dict[str, int] | None = None, **others: Any) -> None:
        self.guests = guests
        self.looks = looks or {}
        self.stopping: set[str] = set()
        self.others = others
        self.lock = threading.Lock()

    def has(self, service: str) -> bool:
        return service in ("compute", "network") or service in self.others

    def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        if service != "compute":
            return list(self.others.get(key, []))
        assert params == {"all_tenants": 1}
        with self.lock:
            for name in self.stopping:
                self.looks[name] = self.looks.get(name, 1) - 1
                if self.looks[name] <= 0:
                    self.guests[name] = "SHUTOFF"
            return [{"id": n, "name": n, "tenant_id": "p1", "status": s} for n, s in self.guests.items()]

    def post(self, service: str, path: str, body: Any) -> None:
        assert body == {"os-stop": None}
        name = path.split("/")[2]
        if name == "gone":
            raise ApiProblem("api-refused", "no such guest", where=path, status=404)
        with self.lock:
            self.stopping.add(name)


def api(cloud: Cloud) -> Api:
    return cast(Api, cloud)


async def test_everything_of_all_projects_is_listed_with_the_projects_names() -> None:
    cloud = Cloud(
        {"web": "ACTIVE", "db": "SHUTOFF"},
        projects=[{"id": "p1", "name": "demo"}],
        floatingips=[{"floating_ip_address": "172.24.4.9", "project_id": "p2", "fixed_ip_address": "10.0.0.5"}],
        volumev3=True,
        volumes=[
            {"id": "v", "name": "", "size": 2, "status": "in-use", "os-vol-tenant-attr:tenant_id": "p1"},
        ],
    )
    assert await holdings(api(cloud)) == (
        Holding("guest", "db", "demo", "SHUTOFF"),
        Holding("guest", "web", "demo", "ACTIVE"),
        Holding("volume", "v", "demo", "2 GiB, in-use"),
        Holding("floating IP", "172.24.4.9", "p2", "leads to 10.0.0.5"),
    )


async def test_an_empty_cloud_holds_nothing() -> None:
    assert await holdings(api(Cloud({}))) == ()


async def test_running_guests_are_stopped_and_others_are_left_alone() -> None:
    cloud, events = Cloud({"web": "ACTIVE", "old": "SHUTOFF", "broken": "ERROR"}), list[Event]()
    assert await stop_guests(api(cloud), events.append) == ()
    assert cloud.stopping == {"web"}
    finished = [event for event in events if isinstance(event, StepFinished)]
    assert [(event.state, event.detail) for event in finished] == [("ok", "")]


async def test_a_guest_that_does_not_stop_is_named_after_the_bound() -> None:
    cloud, events = Cloud({"web": "ACTIVE", "deaf": "ACTIVE"}, {"deaf": 1000}), list[Event]()
    assert await stop_guests(api(cloud), events.append, seconds=0.2) == ("deaf",)
    assert [event.waiting_for for event in events if isinstance(event, StepProgress)] == ["deaf to shut down"]
    assert [event.detail for event in events if isinstance(event, StepFinished)] == ["still running: deaf"]


async def test_a_guest_that_goes_away_meanwhile_is_no_failure() -> None:
    cloud = Cloud({"gone": "ACTIVE", "web": "ACTIVE"})
    assert await stop_guests(api(cloud), lambda event: None, seconds=0.0) == ("gone",)


async def test_nothing_is_said_where_nothing_runs() -> None:
    events = list[Event]()
    assert await stop_guests(api(Cloud({"old": "SHUTOFF"})), events.append) == ()
    assert events == []
