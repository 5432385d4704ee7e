"""What every service must keep: it loads, renders, matches its golden files, and fits with the others."""

from __future__ import annotations

import configparser
import json
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from tests.contracts.fixture import all_golden_files, everything, kept

from skylift import services
from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.model.service import Service
from skylift.model.service_container import Container, HttpCheck, TcpCheck
from skylift.plan.make import make

SERVICES = services.load()
names = [service.name for service in SERVICES]


def each_container() -> Iterator[tuple[Service, Container]]:
    for service in SERVICES:
        for container in service.containers:
            yield service, container


CONTAINERS = list(each_container())
container_ids = [container.name for _, container in CONTAINERS]


@pytest.fixture(scope="module")
def wanted() -> Desired:
    return everything()


def test_services_are_found_by_their_folders() -> None:
    folders = {path.parent.name for path in Path(services.__path__[0]).glob("*/service.py")}
    assert folders == set(names)
    assert all(service.folder.name == service.name for service in SERVICES)


def test_golden_files_are_current() -> None:
    """``python -m tests.contracts.fixture`` writes them anew: read the difference before you commit it."""
    differing = [
        str(path.relative_to(Path(services.__path__[0])))
        for path, text in all_golden_files()
        if not path.is_file() or path.read_text() != text
    ]
    assert differing == []


def test_no_golden_file_is_left_over() -> None:
    current = {path for path, _ in all_golden_files()}
    assert set(kept()) - current == set()


def test_every_template_is_used(wanted: Desired) -> None:
    """A template that nothing renders is one that somebody will edit in vain."""
    rendered = {Path(file.path).name for spec in wanted.containers for file in spec.files}
    included = "".join(path.read_text() for path in Path(services.__path__[0]).rglob("templates/*.j2"))
    for service in SERVICES:
        for path in (service.folder / "templates").glob("*"):
            used = path.name.removesuffix(".j2") in rendered or path.name == service.notes
            assert used or path.name in included, path.name


def test_names_are_unique(wanted: Desired) -> None:
    counted = Counter(spec.name for spec in wanted.containers)
    assert [name for name, count in counted.items() if count > 1] == []


def test_nobody_waits_in_a_circle_or_for_nobody(wanted: Desired) -> None:
    known = {spec.name for spec in wanted.containers} | {"catalogue"}
    unknown = {spec.short: set(spec.after) - known for spec in wanted.containers if set(spec.after) - known}
    assert unknown == {}
    tuple(TopologicalSorter({spec.name: set(spec.after) for spec in wanted.containers}).static_order())
    assert len(make(wanted, Observed())) > len(wanted.containers)


def test_what_a_service_connects_to_is_required(wanted: Desired) -> None:
    """A container that waits for another service's container belongs to a service that requires that one."""
    owner = {spec.name: spec.service for spec in wanted.containers}
    requires = {service.name: {*service.requires, *service.uses} for service in SERVICES}
    for spec in wanted.containers:
        others = {owner[name] for name in spec.after if name in owner} - {spec.service, "node"}
        reached = set(requires.get(spec.service, ()))
        while more := {name for one in reached for name in requires[one]} - reached:
            reached |= more
        assert others <= reached, f"{spec.short} waits for {sorted(others - reached)}"


def test_what_is_followed_is_there(wanted: Desired) -> None:
    shorts = {spec.short for spec in wanted.containers}
    assert all(set(container.follows) <= shorts for _, container in CONTAINERS)
    compute = next(spec for spec in wanted.containers if spec.short == "nova_compute")
    libvirt = next(spec for spec in wanted.containers if spec.short == "nova_libvirt")
    assert compute.followed == (("nova_libvirt", libvirt.digest),)


def test_ports_are_taken_once() -> None:
    ports = Counter(
        container.check.port for _, container in CONTAINERS if isinstance(container.check, HttpCheck | TcpCheck)
    )
    assert [port for port, count in ports.items() if count > 1] == []


@pytest.mark.parametrize(("service", "container"), CONTAINERS, ids=container_ids)
def test_rights_have_reasons(service: Service, container: Container) -> None:
    granted = (*container.capabilities, *container.devices, *container.security)
    granted += tuple(grant for grant in (container.host_pid, container.cgroup_host) if grant)
    assert all(len(grant.why.split()) >= 3 for grant in granted)
    assert all(len(storage.why.split()) >= 2 for storage in container.storage)
    assert not any("privileged" in grant.name.lower() or grant.name in ("ALL", "CAP_ALL") for grant in granted)


@pytest.mark.parametrize(("service", "container"), CONTAINERS, ids=container_ids)
def test_every_container_has_a_health_check(service: Service, container: Container) -> None:
    assert container.check is not None
    assert container.timeout > 0


def test_endpoints_lead_to_ports_that_are_checked() -> None:
    for service in SERVICES:
        checked = {c.check.port for c in service.containers if isinstance(c.check, HttpCheck)}
        assert {endpoint.port for endpoint in service.endpoints} <= checked, service.name


def test_config_json_names_only_files_that_are_there(wanted: Desired) -> None:
    for spec in wanted.containers:
        files = {file.path: file.content.reveal() for file in spec.files}
        for path, text in files.items():
            if path.endswith("/config.json"):
                entries = json.loads(text)["config_files"]
                assert {entry["source"] for entry in entries} | {path} == files.keys(), spec.short
                assert len({entry["dest"] for entry in entries}) == len(entries), spec.short


def test_ini_files_parse(wanted: Desired) -> None:
    for spec in wanted.containers:
        for file in spec.files:
            text = file.content.reveal()
            if Path(file.path).suffix in (".conf", ".ini") and text.startswith("[DEFAULT]"):
                parser = configparser.RawConfigParser(strict=False)
                parser.read_string(text)
                assert parser.sections(), f"{spec.short}: {file.path}"


def test_no_secret_is_anywhere_but_in_files(wanted: Desired) -> None:
    secrets = {password.name.upper() for service in SERVICES for password in service.passwords}
    for spec in wanted.containers:
        shown = repr(replaced(spec)) + json.dumps(spec.labels("golden"))
        assert not [secret for secret in secrets if secret in shown], spec.short


def replaced(spec: ContainerSpec) -> tuple[object, ...]:
    """Return all of a container that the engine or a log could show."""
    return (spec, spec.environment, spec.command, spec.healthcheck)
