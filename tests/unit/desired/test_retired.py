"""What may be left of a service that is off, without what others have as well."""

from __future__ import annotations

from pathlib import Path

from tests.unit.plan.world import cloud

from skylift import services
from skylift.desired.build import catalogue_of, enabled_services
from skylift.desired.retired import retired_of
from skylift.model.desired import Retired
from skylift.model.service import Database, Endpoint, Service, ServiceUser
from skylift.model.service_container import Container, Storage
from skylift.model.service_image import Image

IMAGE = Image("x", "x", "x")


def service(name: str, *storage: Storage, **values: object) -> Service:
    containers = (Container(f"{name}_api", IMAGE, "x", storage=storage, grace=7),)
    return Service(name, name, Path(), containers=containers, **values)  # type: ignore[arg-type]


OFF = service(
    "octavia",
    Storage("octavia_sockets", "/run", "sockets"),
    Storage("octavia_data", "/data", "data", data=True),
    Storage("shared", "/shared", "of both"),
    Storage("/lib/modules", "/lib/modules", "of the host"),
    Storage("", "/tmp", "nothing", kind="tmpfs"),
    endpoints=(Endpoint("load-balancer", "octavia", "", 9876),),
    user=ServiceUser("octavia", "octavia_password"),
    roles=("member", "lb"),
    databases=(Database("octavia", "octavia", "p"), Database("shared", "nova", "p")),
    requires=("nova", "gone"),
    enabled_by="enable_octavia",
)
ON = service(
    "nova",
    Storage("shared", "/shared", "of both"),
    roles=("member",),
    user=ServiceUser("nova", "p"),
    databases=(Database("nova", "nova", "p"), Database("shared", "nova", "p")),
)


def retired(*on: Service, erase: frozenset[str] = frozenset()) -> tuple[Retired, ...]:
    return retired_of((OFF, ON), on, cloud(), catalogue_of, lambda one: f"{one.name}:1", erase)


def test_what_is_left_is_what_no_other_service_has() -> None:
    (found,) = retired(ON)
    assert (found.service, found.source, found.account, found.erase) == ("octavia", "octavia:1", "octavia", False)
    assert [entry.url for entry in found.catalogue] == ["http://172.24.0.16:9876"]
    assert found.roles == ("lb",)
    assert found.databases == (("octavia", "octavia"),)
    assert (found.volumes, found.data_volumes) == (("test-node1-octavia_sockets",), ("test-node1-octavia_data",))
    assert found.requires == ("nova",)
    assert found.graces == (("test-node1-octavia_api", 7),)


def test_data_go_where_that_was_asked_for() -> None:
    assert [one.erase for one in retired(ON, erase=frozenset({"octavia"}))] == [True]
    assert retired(OFF, ON, erase=frozenset({"octavia"})) == ()


def test_a_user_of_a_database_that_others_share_stays() -> None:
    other = service("cells", databases=(Database("cell1", "nova", "p"),))
    (found,) = retired_of((other, ON), (ON,), cloud(), catalogue_of, lambda one: "default")
    assert found.databases == (("cell1", ""),)


def test_of_our_own_services_nothing_of_others_goes() -> None:
    declared = services.load()
    on = enabled_services(declared, {one.name: one.name != "octavia" for one in declared}, lambda key: True)
    (found,) = retired_of(declared, on, cloud(), catalogue_of, lambda one: "globals.yml:1")
    assert found.databases == (("octavia", "octavia"),)
    assert found.volumes == ("test-node1-octavia_driver_agent",)
    assert len(found.roles) == 5
