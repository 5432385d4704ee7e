"""What a cloud holds from the start follows from the settings and the chosen networks."""

from __future__ import annotations

import json
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from skylift.desired.networks import choose
from skylift.desired.resources import FLAVORS, external_wish, guest_images, initial_resources
from skylift.model.cloud import Cloud
from skylift.model.desired import Resource
from skylift.model.problem import Problem
from skylift.openstack.resources import kinds
from skylift.settings import load_text

PROPERTIES = Path(__file__).parents[3] / "images/skylift-tiny/properties.json"


def resources(text: str = "", key: str = "ssh-ed25519 AAAA me@here") -> dict[str, Resource]:
    settings = load_text(text, ())
    networks = choose("t", {"external": settings.external_cidr}, (), external_wish(settings))
    cloud = Cloud("t", "2026.2", "172.24.0.9", networks, ())
    images = guest_images(json.loads(PROPERTIES.read_text()), Path("/guest"), "digest")
    return {one.id: one for one in initial_resources(settings, cloud, key, images)}


def test_all_of_them_and_each_of_a_kind_that_exists() -> None:
    found = resources()
    assert {one.kind for one in found.values()} == set(kinds()) - {"volume_type"}  # a service's own
    assert {"network/public1", "subnet/public1-subnet", "router/demo-router", "keypair/mykey"} <= found.keys()
    assert {f"flavor/{name}" for name in FLAVORS} <= found.keys()


def test_what_comes_after_and_what_is_referred_to_is_there() -> None:
    found = resources()
    for one in found.values():
        for name in one.after:
            assert "/" not in name or name in found
        references = json.dumps(one.values, default=str)
        for other in found:
            if f'"{other}"' in references:
                assert other in one.after, f"{one.id} does not wait for {other}"


def test_the_external_subnet_leaves_the_engine_its_addresses() -> None:
    values = resources()["subnet/public1-subnet"].values
    settings = load_text("", ())
    network = next(one for one in choose("t", {}, (), external_wish(settings)) if one.purpose == "external")
    first, last = map(IPv4Address, values["allocation_pools"][0].split("-"))
    assert (values["cidr"], values["gateway_ip"]) == (str(network.subnet), str(network.gateway))
    assert values["enable_dhcp"] is False
    handed_out = set(map(IPv4Address, range(int(first), int(last) + 1)))
    assert handed_out < set(network.subnet.hosts())
    assert not handed_out & {network.gateway, *network.ip_range}


def test_the_external_subnet_follows_the_settings_and_says_where() -> None:
    addresses = "EXT_NET_RANGE: start=172.25.0.100,end=172.25.0.150\nEXT_NET_GATEWAY: 172.25.0.254\n"
    subnet = resources(f"EXT_NET_CIDR: 172.25.0.0/24\n{addresses}")["subnet/public1-subnet"]
    assert subnet.values["cidr"] == "172.25.0.0/24"
    assert subnet.values["allocation_pools"] == ("172.25.0.100-172.25.0.150",)
    assert subnet.values["gateway_ip"] == "172.25.0.254"
    assert subnet.source == "globals.yml:1"


def test_the_demo_network_follows_the_settings() -> None:
    assert resources()["subnet/demo-subnet"].values["gateway_ip"] == "10.0.0.1"
    assert resources()["subnet/demo-subnet"].values["allocation_pools"] == ("10.0.0.2-10.0.0.254",)
    last = resources("DEMO_NET_GATEWAY: 10.0.0.254")["subnet/demo-subnet"]
    assert last.values["allocation_pools"] == ("10.0.0.1-10.0.0.253",)
    middle = resources("DEMO_NET_GATEWAY: 10.0.0.9")["subnet/demo-subnet"]
    assert middle.values["allocation_pools"] == ("10.0.0.1-10.0.0.8", "10.0.0.10-10.0.0.254")
    subnet = resources("DEMO_NET_CIDR: 10.7.0.0/24\nDEMO_NET_DNS: 9.9.9.9\n")["subnet/demo-subnet"]
    assert subnet.values["cidr"] == "10.7.0.0/24"
    assert subnet.values["gateway_ip"] == "10.7.0.1"
    assert subnet.values["dns_nameservers"] == ("9.9.9.9",)
    assert subnet.source == "globals.yml:1"


def test_a_range_outside_of_the_chosen_network_is_a_problem() -> None:
    with pytest.raises(Problem):
        resources("EXT_NET_RANGE: 172.25.0.1-172.25.1.200\n")


def test_a_key_pair_without_its_comment_or_none() -> None:
    assert resources()["keypair/mykey"].values == {"public_key": "ssh-ed25519 AAAA"}
    assert "keypair/mykey" not in resources(key="")


def test_the_guest_image_comes_with_kernel_and_ram_disk() -> None:
    found = resources()
    tiny = found["image/skylift-tiny"].values
    assert tiny["properties"]["kernel_id"] == {"ref": "image/skylift-tiny-kernel"}
    assert tiny["properties"]["ramdisk_id"] == {"ref": "image/skylift-tiny-ramdisk"}
    assert tiny["properties"]["os_distro"]
    assert (tiny["digest"], tiny["path"]) == ("digest", "/guest/root")
    assert tiny["min_ram"] <= FLAVORS["m1.nano"][1]


def test_settings_can_leave_them_out() -> None:
    assert resources("skylift_initial_resources: no\n") == {}


def test_flavors_have_ids_of_their_own() -> None:
    assert len({identity for identity, *_ in FLAVORS.values()}) == len(FLAVORS)
