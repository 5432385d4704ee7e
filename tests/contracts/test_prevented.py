"""What went wrong in one real deployment and cannot here, shown for whatever the services declare."""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import distributions

import pytest
from tests.contracts import plans
from tests.contracts.fixture import desired, everything
from tests.unit.plan.world import settled

from skylift import services
from skylift.desired.containers import WAKE
from skylift.images.declared import requirements
from skylift.images.families import recipes_folder
from skylift.images.locks import parse
from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.model.plan import Change
from skylift.model.secret import Secret
from skylift.model.service import Service
from skylift.plan.make import make

SERVICES = services.load()
EVERYTHING = everything()
WITH_FILES = [spec for spec in EVERYTHING.containers if spec.files and not spec.job]
"""A job is done; it has reasons of its own to be repeated."""
OPENS_CEPH = {"cinder_backup", "cinder_volume", "glance_api", "nova_compute"}
"""Those whose programs open Ceph. cinder_api and cinder_scheduler read the same cinder.conf, and never do."""
ON_NFS = "enable_cinder: yes\nenable_cinder_backend_nfs: yes\n"
HAS_NO_CLIENT = {"cloudformation"}
"""Stacks are managed through the type orchestration."""
CALLED_OTHERWISE = {"block-storage": "volume", "volumev3": "volume"}


def edited(spec: ContainerSpec, path: str) -> ContainerSpec:
    """Return the container with a line more in one of its files."""
    more = (
        replace(one, content=Secret(f"{one.content.reveal()}\n")) if one.path == path else one for one in spec.files
    )
    return replace(spec, files=tuple(more))


def with_container(wanted: Desired, spec: ContainerSpec) -> Desired:
    return replace(wanted, containers=tuple(spec if one.name == spec.name else one for one in wanted.containers))


def changes(before: Desired, after: Desired) -> dict[str, Change]:
    """Return what the way from one cloud to another does to each container, by its short name."""
    return {one.target.removeprefix("golden-node1-"): one for one in plans.change(before, after)().changes}


@pytest.mark.parametrize("spec", WITH_FILES, ids=[spec.short for spec in WITH_FILES])
def test_no_file_changes_without_its_container_being_in_the_plan(spec: ContainerSpec) -> None:
    """F13: a template changed, the file on disk too, and the container was still the old one."""
    for file in spec.files:
        if file.path in spec.uncounted:
            continue
        after = edited(spec, file.path)
        assert after.digest != spec.digest, file.path
        plan = make(with_container(EVERYTHING, after), settled(EVERYTHING))
        mine = [change for change in plan.changes if change.target == spec.name]
        assert [file.path] in [list(change.files) for change in mine], file.path
        assert any(file.name in cause for change in mine for cause in change.causes), file.path


def test_one_program_of_the_node_alone_may_change_without_it() -> None:
    """The node is the whole cloud: it is not made anew for the program that starts what the engine left behind."""
    uncounted = {spec.short: spec.uncounted for spec in WITH_FILES if spec.uncounted}
    assert uncounted == {node.name: {WAKE} for node in EVERYTHING.cloud.nodes}


def test_whoever_opens_ceph_has_its_file_and_a_key_and_is_in_the_plan_that_enables_it() -> None:
    """F17, F23: Ceph was enabled later, and cinder's containers had no ceph.conf."""
    before, after = desired(settings_text=ON_NFS), desired(settings_text=f"{ON_NFS}enable_ceph: yes\n")
    planned = changes(before, after)
    by_name = {spec.short: {file.dest for file in spec.files} for spec in after.containers if spec.service != "ceph"}
    assert {name for name, dests in by_name.items() if "/etc/ceph/ceph.conf" in dests} == OPENS_CEPH
    for name in OPENS_CEPH:
        keys = {dest for dest in by_name[name] if dest.endswith(".keyring")}
        assert keys and planned[name].verdict == "recreate", name
        new = {path.rpartition("/")[2] for path in planned[name].files}
        assert any("ceph.conf" in path for path in new) and any("keyring" in path for path in new), name


@pytest.mark.parametrize("service", [one for one in SERVICES if one.dashboards], ids=lambda one: str(one.name))
def test_the_dashboard_is_made_anew_with_a_service_that_adds_to_it(service: Service) -> None:
    """F21: a plug-in was added, and its scripts were not in the page."""
    others = f"{service.enabled_by}: no\n"
    planned = changes(desired(settings_text=others), desired(settings_text=f"{service.enabled_by}: yes\n"))
    assert planned["horizon"].verdict == "recreate"
    assert any("dashboards.json" in path for path in planned["horizon"].files)


@pytest.mark.parametrize(("nodes", "copies"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_ceph_keeps_no_more_copies_than_there_are_nodes_for(nodes: int, copies: int) -> None:
    """F25: a Ceph on one node waited for three copies for ever."""
    wanted = desired(settings_text="enable_ceph: yes\n", nodes=nodes)
    texts = {file.content.reveal() for spec in wanted.containers for file in spec.files if "ceph_pools" in file.dest}
    assert [re.findall(r"^COPIES = (\d+)$", text, re.MULTILINE) for text in texts] == [[str(copies)]]


def sections(spec: ContainerSpec) -> Iterator[tuple[str, configparser.RawConfigParser]]:
    """Yield the files of a container that oslo.config reads."""
    for file in spec.files:
        text = file.content.reveal()
        if file.dest.endswith(".conf") and "[DEFAULT]" in text:
            parser = configparser.RawConfigParser(default_section="", strict=False)
            parser.read_string(text)
            yield file.dest, parser


def test_no_service_reads_the_address_of_keystone_from_an_option_of_another_release() -> None:
    """F11: the option had another name in the new release, the service found nothing and answered 500."""
    found = 0
    for spec in EVERYTHING.containers:
        for dest, parser in sections(spec):
            if parser.has_section("keystone_authtoken"):
                found += 1
                options = dict(parser.items("keystone_authtoken"))
                assert {"www_authenticate_uri", "auth_url"} <= options.keys(), f"{spec.short} {dest}"
                assert "auth_uri" not in options, f"{spec.short} {dest}"
    assert found > len(SERVICES) / 2


def test_no_service_writes_its_log_to_a_file_or_only_while_debugging() -> None:
    """F31: one component's log was missing unless debug was on. Logs go where ``skylift logs`` reads them."""
    for spec in EVERYTHING.containers:
        for dest, parser in sections(spec):
            default = dict(parser.items("DEFAULT"))
            elsewhere = {"log_file", "log_dir", "use_syslog", "use_journal", "log_config_append"} & default.keys()
            assert not elsewhere, f"{spec.short} {dest}"
            assert default.get("use_stderr", "true").lower() == "true", f"{spec.short} {dest}"


def test_versions_are_a_set() -> None:
    """F30: a log store and its dashboard of versions that do not go together. What is declared is locked, once."""
    folder = recipes_folder()
    locked = re.findall(
        r"^([\w.-]+)==([\w.+!-]+)", (folder / "openstack" / "requirements.lock").read_text(), re.MULTILINE
    )
    versions = dict(locked)
    assert len(versions) == len(locked)
    for line in requirements(SERVICES):
        name, _, version = line.partition("==")
        assert name in versions and version in ("", versions[name]), line
    debian = parse((folder / "debian.lock").read_text())
    wanted = {name for service in SERVICES for packages in service.packages for name in packages.debian}
    assert wanted - debian.keys() == set()


def test_every_service_has_a_version_to_show() -> None:
    """F33: version numbers everywhere and a release nowhere. ``status`` asks for the version of what is locked here."""
    folder = recipes_folder()
    lock = (folder / "openstack" / "requirements.lock").read_text()
    python = {name.lower() for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    debian = parse((folder / "debian.lock").read_text()).keys()
    for service in SERVICES:
        known = debian if service.package.startswith("deb:") else python
        assert service.package.removeprefix("deb:") in known, service.name


def test_no_operation_fetches_an_image_and_each_container_knows_its_own() -> None:
    """F37: an image could not be pulled in the middle of a deployment."""
    plan = make(EVERYTHING, Observed())
    assert not [operation.action for operation in plan if "image" in operation.action or "pull" in operation.action]
    assert all(spec.image_id for spec in EVERYTHING.containers)


def test_no_container_is_in_the_machines_own_network() -> None:
    """F36: the interface that carried the ssh session was taken into a bridge."""
    nodes = {f"container:{node.container}" for node in EVERYTHING.cloud.nodes}
    own = {network.name for network in EVERYTHING.cloud.networks}
    for spec in EVERYTHING.containers:
        assert (spec.network in nodes) != bool(spec.attachments), spec.short
        assert {one.network for one in spec.attachments} <= own, spec.short


def test_every_image_that_boots_says_what_it_is() -> None:
    """F14: a cluster could not be made because its image had no os_distro."""
    described = json.loads((recipes_folder() / "skylift-tiny" / "properties.json").read_text())["images"]
    bootable = [image for image in described if image["disk_format"] not in ("aki", "ari")]
    assert bootable
    assert all({"os_distro", "os_type", "os_version"} <= image["properties"].keys() for image in bootable)


def test_volumes_are_found_by_the_name_that_tools_look_for() -> None:
    """F15: ``volumev3`` was not in the catalogue. Cinder cannot be on without being in it."""
    wanted = desired(settings_text="enable_cinder: yes\nenable_ceph: yes\n")
    assert {entry.type for entry in wanted.catalogue} >= {"volumev3", "block-storage"}
    assert any(spec.short == "cinder_api" for spec in wanted.containers)


@cache
def command_groups() -> frozenset[str]:
    """Return what the client finds its commands under."""
    return frozenset(point.group for one in distributions() for point in one.entry_points)


@pytest.mark.parametrize("kind", sorted({one.type for each in SERVICES for one in each.endpoints} - HAS_NO_CLIENT))
def test_the_client_has_commands_for_each_api(kind: str) -> None:
    """F10: no client for a service, or a wrong one. They are locked, and installed with Skylift."""
    word = CALLED_OTHERWISE.get(kind, kind.replace("-", "_"))
    assert any(re.fullmatch(rf"openstack\.{word}\.v\d+", group) for group in command_groups())
