"""globals.yml: what is accepted, what is refused, and where the blame is put."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.settings.fixtures import SERVICES, problems, settings

from skylift.model.problem import Problem
from skylift.settings import Settings, load
from skylift.settings.complaints import SUMMARIES
from skylift.settings.keys import Globals

DEFAULTS = Globals.model_validate({})


@pytest.mark.parametrize("text", ["", "\n", "---\n", "# nothing\n", "---\n# nothing\n", "{}\n", "~\n"])
def test_an_empty_file_is_a_complete_configuration(text: str) -> None:
    found = settings(text)
    assert found.keys == DEFAULTS
    assert found.warnings == ()
    assert found.source("openstack_release") == "default"
    assert (found.openstack_release, found.image_tag, found.debug) == ("2026.2", "2026.2-debian-trixie", False)


def test_no_file_is_a_complete_configuration(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere", SERVICES, {}).keys == DEFAULTS


def test_values_and_sources() -> None:
    found = settings("# comment\nopenstack_region_name: North\n\nEXT_NET_CIDR: 172.24.4.0/24\nenable_octavia: no\n")
    assert found.openstack_region_name == "North"
    assert found.external_cidr == IPv4Network("172.24.4.0/24")
    assert found.source("openstack_region_name") == "globals.yml:2"
    assert found.source("EXT_NET_CIDR") == "globals.yml:4"
    assert found.written() == {
        "EXT_NET_CIDR": "172.24.4.0/24",
        "enable_octavia": "no",
        "openstack_region_name": "North",
    }


@pytest.mark.parametrize("word", ["yes", "Yes", "true", "True", '"yes"', "'true'", "on", "1"])
def test_truth_as_kolla_writes_it(word: str) -> None:
    assert settings(f"openstack_logging_debug: {word}").debug is True
    assert settings(f"enable_heat: {word}").enable_heat is True


@pytest.mark.parametrize("word", ["no", "No", "false", "False", '"no"', "off", "0"])
def test_untruth_as_kolla_writes_it(word: str) -> None:
    assert settings(f"openstack_logging_debug: {word}").debug is False
    assert settings(f"enable_octavia: {word}").enables("enable_octavia") is False


def test_numbers_may_stand_for_text() -> None:
    assert settings("openstack_release: 2026.2").openstack_release == "2026.2"
    assert settings("openstack_tag: 2026.20").openstack_tag == "2026.20"


def test_an_empty_value_is_the_default() -> None:
    found = settings("docker_registry:\nopenstack_region_name: ~\n")
    assert (found.docker_registry, found.openstack_region_name) == ("", "RegionOne")
    assert found.source("docker_registry") == "default"


def test_services_have_their_own_default() -> None:
    found = settings()
    assert (found.enables("enable_octavia"), found.enables("enable_heat"), found.enables("")) == (True, False, True)


def test_a_service_that_is_always_on_may_be_said_to_be() -> None:
    assert settings("enable_keystone: yes").warnings == ()
    assert "always on" in problems("enable_keystone: no")[0].detail


@pytest.mark.parametrize(
    "text", ["start=172.24.4.10,end=172.24.4.20", "172.24.4.10-172.24.4.20", "172.24.4.10 - 172.24.4.20"]
)
def test_ranges_in_both_forms(text: str) -> None:
    found = settings(f"EXT_NET_CIDR: 172.24.4.0/24\nEXT_NET_RANGE: {text}\n").EXT_NET_RANGE
    assert (found.first, found.last) == (IPv4Address("172.24.4.10"), IPv4Address("172.24.4.20"))


def test_the_environment_is_read_and_the_file_goes_first() -> None:
    both = settings("EXT_NET_CIDR: 172.24.4.0/24", EXT_NET_CIDR="10.9.0.0/24", DEMO_NET_CIDR="10.7.0.0/24")
    assert str(both.EXT_NET_CIDR) == "172.24.4.0/24"
    assert both.source("EXT_NET_CIDR") == "globals.yml:1"
    assert str(both.DEMO_NET_CIDR) == "10.7.0.0/24"
    assert both.source("DEMO_NET_CIDR") == "environment"
    assert problems("", EXT_NET_CIDR="x")[0].where == "environment variable EXT_NET_CIDR"


def test_name_servers_as_list_and_as_text() -> None:
    for text in ("DEMO_NET_DNS: 9.9.9.9, 1.1.1.1", "DEMO_NET_DNS:\n- 9.9.9.9\n- 1.1.1.1\n"):
        servers = settings(text).DEMO_NET_DNS
        assert servers == (IPv4Address("9.9.9.9"), IPv4Address("1.1.1.1"))


def test_a_kolla_key_without_effect_is_named() -> None:
    found = settings("enable_haproxy: no\nnetwork_interface: eth0\nnova_api_dimensions:\n  cpus: 2\n")
    assert [(warning.where, warning.level) for warning in found.warnings] == [
        ("globals.yml:1", "warning"),
        ("globals.yml:2", "warning"),
        ("globals.yml:3", "warning"),
    ]
    assert found.warnings[0].text.startswith("enable_haproxy is not supported yet")
    assert "interfaces of its own" in found.warnings[1].text


def test_an_external_address_of_its_own_has_no_effect() -> None:
    same = "kolla_internal_vip_address: 172.24.0.5\nkolla_external_vip_address: 172.24.0.5\n"
    assert settings(same).warnings == ()
    other = settings(same.replace("external_vip_address: 172.24.0.5", "external_vip_address: 172.24.0.6"))
    assert other.warnings[0].where == "globals.yml:2"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("opnstack_release", "openstack_release"),
        ("openstack-region-name", "openstack_region_name"),
        ("ext_net_cidr", "EXT_NET_CIDR"),
        ("debug", "openstack_logging_debug"),
        ("enable_octvia", "enable_octavia"),
        ("netwrk_interface", "network_interface"),
        ("cloud_name", "skylift_cloud_name"),
    ],
)
def test_an_unknown_key_is_met_with_the_nearest(wrong: str, right: str) -> None:
    (found,) = problems(f"\n{wrong}: x\n")
    assert (found.code, found.where) == ("settings-unknown-key", "globals.yml:2")
    assert found.fix == f"Did you mean {right}?"


def test_everything_that_is_wrong_is_found_at_once() -> None:
    found = problems(
        "openstack_release: 2025.1\n"
        "openstack_logging_debug: perhaps\n"
        "neutron_pluginagent: ovn\n"
        "openstack_release: 2026.2\n"
        "EXT_NET_CIDR: 172.24.4.0/24\n"
        "EXT_NET_GATEWAY: 172.24.5.1\n"
    )
    assert [(one.code, one.where) for one in found] == [
        ("settings-value", "globals.yml:1"),
        ("settings-value", "globals.yml:2"),
        ("settings-unknown-key", "globals.yml:3"),
        ("settings-duplicate-key", "globals.yml:4"),
        ("settings-conflict", "globals.yml:6"),
    ]


@given(st.text())
def test_no_text_gives_anything_but_settings_or_a_problem(text: str) -> None:
    try:
        assert isinstance(settings(text), Settings)
    except Problem as problem:
        assert problem.code in SUMMARIES
        assert problem.where.startswith("globals.yml:")


YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Globals.model_fields, "enable_heat", "network_interface"]), YAML, max_size=6))
def test_no_value_of_a_known_key_gives_anything_but_settings_or_a_problem(values: dict[str, object]) -> None:
    import json

    text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items())
    try:
        found = settings(text)
    except Problem as problem:
        assert problem.where.startswith("globals.yml:")
    else:
        assert set(found.sources) <= set(values)
