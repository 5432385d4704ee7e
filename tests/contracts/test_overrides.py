"""What every service must keep so that its files can be overridden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts.fixture import everything
from tests.contracts.test_options import known

from skylift import services
from skylift.desired.merge_parse import parse
from skylift.desired.options import unknown
from skylift.model.container import File
from skylift.model.service import Service
from skylift.model.service_container import ConfigFile, Container

SERVICES = services.load()


def declared() -> Iterator[tuple[Service, Container, ConfigFile, File]]:
    """Yield each file that a container declares, with what it is rendered to."""
    rendered = {(spec.short, file.dest): file for spec in everything().containers for file in spec.files}
    for service in SERVICES:
        for container in service.containers:
            for file in container.files:
                yield service, container, file, rendered[container.name, file.dest]


FILES = list(declared())


def test_every_file_of_oslo_config_can_be_overridden() -> None:
    """A new service that forgets ``override=merged(NAME)`` would take no override, without a word."""
    forgotten = {
        f"{service.name}: {file.dest}"
        for service, _, file, rendered in FILES
        if rendered.content.reveal().startswith("[DEFAULT]") and file.override is None
    }
    assert forgotten == set()


def test_every_main_file_takes_global_conf_and_the_service_s_own() -> None:
    for service, _, file, _ in FILES:
        if file.override and file.override.names[0] == "global.conf":
            assert file.override.names[1] == f"{service.name}.conf"
            assert any("{host}" in name for name in file.override.names)
            assert file.override.options == service.name


def test_rendered_files_can_be_merged_into() -> None:
    for _, _, file, rendered in FILES:
        if file.override and file.override.how != "whole":
            assert parse(rendered.content.reveal(), file.override.how).faults == (), file.dest


def test_names_have_no_other_placeholders() -> None:
    for _, _, file, _ in FILES:
        for name in file.override.names if file.override else ():
            assert set(re.findall(r"\{.*?\}", name)) <= {"{host}", "{container}"}
            assert not name.startswith("/")


def test_lists_of_options_are_made_with_the_images() -> None:
    listed = {service.name for service in services.load() if service.options}
    named = {file.override.options for _, _, file, _ in FILES if file.override and file.override.options}
    assert named == listed


@pytest.mark.e2e
def test_what_we_write_ourselves_would_not_be_called_unknown() -> None:
    for _, _, file, rendered in FILES:
        if file.override and file.override.options:
            ini = parse(rendered.content.reveal())
            keys = [f"[{one.section}] {one.key}" for one in ini.settings]
            assert unknown(known()[file.override.options], rendered.content.reveal(), keys) == set(), Path(
                file.dest
            ).name


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("service", "text"),
    [
        ("nova", "[neutron]\nauth_type = v3applicationcredential\napplication_credential_id = 1\n"),
        ("nova", "[devices]\nenabled_mdev_types = nvidia-35\n[mdev_nvidia-35]\ndevice_addresses = 0000:84:00.0\n"),
        ("nova", "[key_manager]\nbackend = barbican\n[barbican]\nverify_ssl = false\n[vault]\nvault_url = x\n"),
        ("nova", "[privsep_osbrick]\nthread_pool_size = 3\n[vif_plug_ovs_privileged]\nuser = nova\n"),
        ("glance", "[DEFAULT]\nenabled_backends = fast:rbd\n[fast]\nrbd_store_pool = images\n"),
        ("glance", "[oslo_messaging_rabbit]\nrabbit_qos_prefetch_count = 3\n[cors]\nallowed_origin = *\n"),
        (
            "keystone",
            "[ldap]\nurl = ldap://x\n[federation]\ntrusted_dashboard = x\n[oslo_middleware]\nmax_request_body_size=1\n",
        ),
        (
            "neutron",
            "[keystone_authtoken]\nauth_section = mine\n[mine]\nanything = 1\n[ovn]\ndns_servers = 9.9.9.9\n",
        ),
        ("octavia", "[ovn]\novn_nb_connection = x\n[healthcheck]\ndetailed = true\n[api_settings]\nbind_port = 1\n"),
        ("placement", "[placement]\nrandomize_allocation_candidates = true\n[profiler]\nenabled = true\n"),
    ],
)
def test_what_operators_write_is_not_called_unknown(service: str, text: str) -> None:
    ini = parse(text)
    assert unknown(known()[service], text, [f"[{one.section}] {one.key}" for one in ini.settings]) == set()
