"""The list of services is what the declarations and the settings say."""

from __future__ import annotations

from pathlib import Path

from skylift import services
from skylift.app.services import lines
from skylift.model.service import Service
from skylift.model.service_container import Container
from skylift.model.service_image import Image
from skylift.settings import load_text


def test_every_declared_service_is_listed_with_what_it_needs_and_adds() -> None:
    declared = services.load()
    found = {line.name: line for line in lines(declared, load_text("a: 1\n".replace("a: 1", ""), declared))}
    assert set(found) == {service.name for service in declared}
    octavia = found["octavia"]
    assert (octavia.state, octavia.source, octavia.switch) == ("on", "default", "enable_octavia")
    assert "API load-balancer (port 9876)" in octavia.adds
    assert "octavia" in found["neutron"].required_by
    assert (found["keystone"].state, found["keystone"].switch) == ("always", "")


def test_a_service_that_is_off_needs_nobody(tmp_path: Path) -> None:
    declared = services.load()
    found = {line.name: line for line in lines(declared, load_text("enable_octavia: no\n", declared))}
    assert (found["octavia"].state, found["octavia"].source) == ("off", "globals.yml:1")
    assert "octavia" not in found["neutron"].required_by
    assert found["octavia"].as_dict()["requires"] == list(found["octavia"].requires)


def test_services_with_a_switch_come_first() -> None:
    declared = services.load()
    states = [line.state == "always" for line in lines(declared, load_text("", declared))]
    assert states == sorted(states)


def test_costs_are_told_where_they_can_be_measured() -> None:
    def service(name: str, family: str, switch: str = "") -> Service:
        container = Container(name, Image(f"{name}-api", family, name), name)
        return Service(name, name, Path(), (container, container), enabled_by=switch, memory=90)

    declared = [service("a", "shared"), service("b", "own", "enable_octavia"), service("c", "shared", "enable_octavia")]
    settings = load_text("", services.load())
    found = {line.name: line for line in lines(declared, settings, {"shared": 400, "own": 120})}
    assert (found["b"].disk, found["b"].memory, found["b"].images) == (120, 90, ("b-api",))
    assert found["c"].disk == 0
    assert {line.disk for line in lines(declared, settings, {"shared": 400}) if line.name != "c"} == {None}
