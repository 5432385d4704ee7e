"""Files that are wrong, one a row: each is a Problem with the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.settings.fixtures import SERVICES, problems

from skylift.model.problem import Problem
from skylift.settings import load

# text, line, code, words that must be in the detail
ROWS = [
    # the form of the file
    ("a: b: c", 1, "settings-yaml", "second colon"),
    ("openstack_tag: x\n\topenstack_region_name: y", 2, "settings-yaml", "tab"),
    ("openstack_tag: 'x\n", 1, "settings-yaml", "quote is not closed"),
    ('openstack_tag: "x\n', 1, "settings-yaml", "quote is not closed"),
    ("openstack_tag: [x", 1, "settings-yaml", "bracket"),
    ("openstack_tag: {x", 1, "settings-yaml", "brac"),
    ("openstack_tag: @x", 1, "settings-yaml", "'@'"),
    ("openstack_tag: `x`", 1, "settings-yaml", "'`'"),
    ("openstack_tag: x\nopenstack_region_name\n", 2, "settings-yaml", "colon"),
    ("openstack_tag: x\n  openstack_region_name: y\n", 2, "settings-yaml", "second colon"),
    ("  openstack_tag: x\nopenstack_region_name: y\n", 2, "settings-yaml", ""),
    ("openstack_tag: x\n---\nopenstack_tag: y\n", 2, "settings-yaml", "second document"),
    ("openstack_tag: *x", 1, "settings-yaml", "anchor"),
    ("openstack_tag: !x!y z", 1, "settings-yaml", "exclamation"),
    ("openstack_tag: a\nopenstack_region_name: \x07", 2, "settings-yaml", "control character"),
    ('openstack_tag: "\\q"', 1, "settings-yaml", "backslash"),
    ("%FOO\nopenstack_tag: x", 2, "settings-yaml", ""),
    ("[" * 1000, 1, "settings-yaml", ""),
    ("<<: {openstack_tag: x}", 1, "settings-yaml", "merge"),
    ("? [a]\n: b", 1, "settings-yaml", "key"),
    ("- openstack_tag: x", 1, "settings-not-a-mapping", "list"),
    ("\nhello", 2, "settings-not-a-mapping", "single value"),
    ("openstack_tag: x\nopenstack_tag: x", 2, "settings-duplicate-key", "line 1"),
    ("openstack_tag: x\n'openstack_tag': y", 2, "settings-duplicate-key", "line 1"),
    # names
    ("no_such_thing_at_all: 1", 1, "settings-unknown-key", "no_such_thing_at_all"),
    ("1: 1", 1, "settings-unknown-key", "1"),
    ("'': 1", 1, "settings-unknown-key", ""),
    ("keystone_admin_password: x", 1, "settings-misplaced-password", "keystone_admin_password"),
    ("nova_ssh_key: x", 1, "settings-misplaced-password", "nova_ssh_key"),
    # types
    ("openstack_logging_debug: maybe", 1, "settings-value", "yes or no"),
    ("openstack_logging_debug: 2", 1, "settings-value", "yes or no"),
    ("openstack_logging_debug: [yes]", 1, "settings-value", "list"),
    ("enable_octavia: sometimes", 1, "settings-value", "yes or no"),
    ("enable_octavia: {a: b}", 1, "settings-value", "mapping"),
    ("openstack_service_workers: many", 1, "settings-value", "whole number"),
    ("openstack_service_workers: 1.5", 1, "settings-value", "whole number"),
    ("openstack_service_workers: true", 1, "settings-value", "whole number"),
    ("openstack_region_name: yes", 1, "settings-value", "truth value"),
    ("openstack_region_name: !vault x", 1, "settings-value", "!vault"),
    ("openstack_region_name: '{{ x }}'", 1, "settings-value", "template"),
    ('openstack_region_name: "a\\nb"', 1, "settings-value", "line break"),
    # values
    ("openstack_release: 2026.1", 1, "settings-value", "must be 2026.2"),
    ("openstack_release: ''", 1, "settings-value", "must be 2026.2"),
    ("openstack_service_workers: 0", 1, "settings-value", "at least 1"),
    ("openstack_service_workers: 1000", 1, "settings-value", "at most 64"),
    ("openstack_tag: a b", 1, "settings-value", "image tag"),
    ("docker_registry: http://x", 1, "settings-value", "without http://"),
    ("docker_namespace: Big", 1, "settings-value", "lower-case"),
    ("kolla_base_distro: rocky", 1, "settings-value", "must be debian"),
    ("nova_compute_virt_type: xen", 1, "settings-value", "auto or kvm or qemu"),
    ("neutron_plugin_agent: openvswitch", 1, "settings-value", "must be ovn"),
    ("neutron_physical_networks: physnet1,physnet2", 1, "settings-value", "one name"),
    ("octavia_provider_drivers: 'amphora:A,ovn:B'", 1, "settings-value", "OVN provider alone"),
    ("fernet_token_expiry: 1", 1, "settings-value", "at least 300"),
    ("skylift_cloud_name: Big", 1, "settings-value", "lower-case"),
    ("skylift_cloud_name: aaaaaaaaaaaaaaaaa", 1, "settings-value", "1 to 16"),
    ("skylift_nodes: 3", 1, "settings-value", "one contained node"),
    ("kolla_internal_vip_address: here", 1, "settings-value", "IPv4 address"),
    ("kolla_internal_vip_address: fe80::1", 1, "settings-value", "IPv4 address"),
    ("EXT_NET_CIDR: 172.24.4.0", 1, "settings-value", "prefix length"),
    ("EXT_NET_CIDR: 172.24.4.1/24", 1, "settings-value", "172.24.4.0/24"),
    ("EXT_NET_CIDR: 172.24.4.0/40", 1, "settings-value", "IPv4 network"),
    ("EXT_NET_CIDR: 172.24.4.0/30", 1, "settings-value", "/8 to /28"),
    ("EXT_NET_CIDR: 127.0.0.0/24", 1, "settings-value", "loopback"),
    ("EXT_NET_RANGE: 172.24.4.1", 1, "settings-value", "range"),
    ("EXT_NET_RANGE: 172.24.4.9-172.24.4.1", 1, "settings-value", "comes after"),
    ("EXT_NET_RANGE: start=172.24.4.300,end=172.24.4.301", 1, "settings-value", "IPv4 address"),
    ("DEMO_NET_DNS: dns.example", 1, "settings-value", "IPv4 address"),
    # what must hold between settings
    ("EXT_NET_CIDR: 172.24.4.0/24\nEXT_NET_RANGE: 172.24.5.1-172.24.5.9", 2, "settings-conflict", "not within"),
    ("EXT_NET_CIDR: 172.24.4.0/24\nEXT_NET_RANGE: 172.24.4.0-172.24.4.9", 2, "settings-conflict", "first or the last"),
    ("EXT_NET_CIDR: 172.24.4.0/24\nEXT_NET_GATEWAY: 172.24.5.1", 2, "settings-conflict", "no usable address"),
    (
        "EXT_NET_GATEWAY: 172.24.4.5\nEXT_NET_RANGE: 172.24.4.2-172.24.4.9",
        2,
        "settings-conflict",
        "the gateway",
    ),
    ("skylift_external_cidr: 172.24.4.0/24\nEXT_NET_CIDR: 172.24.6.0/24", 2, "settings-conflict", "EXT_NET_CIDR is"),
    ("skylift_internal_cidr: 10.1.0.0/16\nskylift_tunnel_cidr: 10.1.2.0/24", 2, "settings-conflict", "overlaps"),
    ("skylift_tunnel_cidr: 10.0.0.0/16", 1, "settings-conflict", "overlaps DEMO_NET_CIDR"),
    ("DEMO_NET_GATEWAY: 10.9.0.1", 1, "settings-conflict", "no usable address"),
    (
        "skylift_internal_cidr: 172.24.0.0/24\nkolla_internal_vip_address: 172.24.1.1",
        2,
        "settings-conflict",
        "no usable address",
    ),
]


@pytest.mark.parametrize(("text", "line", "code", "words"), ROWS, ids=[repr(row[0])[:50] for row in ROWS])
def test_a_malformed_file_is_a_problem_with_its_line(text: str, line: int, code: str, words: str) -> None:
    first = problems(text)[0]
    assert (first.code, first.where) == (code, f"globals.yml:{line}")
    assert words in first.detail


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "globals.yml").write_bytes(b"openstack_tag: x\nopenstack_region_name: \xff\n")
    with pytest.raises(Problem) as caught:
        load(tmp_path, SERVICES, {})
    assert (caught.value.code, caught.value.where) == ("settings-yaml", "globals.yml:2")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "globals.yml").write_bytes(b"\xef\xbb\xbfopenstack_region_name: North\r\n")
    assert load(tmp_path, SERVICES, {}).openstack_region_name == "North"


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "globals.yml").mkdir()
    with pytest.raises(Problem, match="folder"):
        load(tmp_path, SERVICES, {})


def test_a_file_of_a_megabyte_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "globals.yml").write_text("#" * (1 << 20) + "\n")
    with pytest.raises(Problem, match="bytes"):
        load(tmp_path, SERVICES, {})
