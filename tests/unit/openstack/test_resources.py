"""Initial resources: created, left alone, corrected, or refused with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.openstack.fake_cloud import PROJECT, FakeCloud

from skylift.model.desired import Resource
from skylift.model.problem import Problem
from skylift.openstack.resources import ensure, kinds, observe, observe_all

NET, SUB, ROUTER, PORT = (f"/network/v2.0/{name}" for name in ("networks", "subnets", "routers", "ports"))
GROUP, FLAVOR, IMAGE = "/network/v2.0/security-groups", "/compute/flavors", "/image/v2/images"

PUBLIC = Resource("network", "public1", {"external": True, "network_type": "flat", "physical_network": "physnet1"})
SUBNET = Resource(
    "subnet",
    "demo-subnet",
    {
        "network": {"ref": "network/public1"},
        "cidr": "10.0.0.0/24",
        "gateway_ip": "10.0.0.1",
        "enable_dhcp": True,
        "dns_nameservers": ("8.8.8.8",),
        "allocation_pools": ("10.0.0.2-10.0.0.254",),
    },
    source="globals.yml:7",
)
JOIN = Resource(
    "router", "demo-router", {"gateway": {"ref": "network/public1"}, "subnets": ({"ref": "subnet/demo-subnet"},)}
)


def with_values(resource: Resource, **values: Any) -> Resource:
    return Resource(resource.kind, resource.name, {**resource.values, **values}, resource.after, resource.source)


def settle(cloud: FakeCloud, *resources: Resource) -> None:
    """Make the resources, and check that a second time changes nothing."""
    api = cloud.api()
    for resource in resources:
        assert ensure(api, resource) == "created"
    cloud.changed()
    for resource in resources:
        assert ensure(api, resource) == "was right"
        seen = observe(api, resource)
        assert seen is not None
        assert all(seen[key] == value for key, value in resource.values.items() if key in seen)
    assert cloud.changed() == []


def test_every_kind_is_found_by_its_file() -> None:
    assert set(kinds()) == {
        "network",
        "subnet",
        "router",
        "security_group",
        "flavor",
        "keypair",
        "image",
        "volume_type",
    }


def test_networks_subnets_and_routers(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC, SUBNET, JOIN)
    network = cloud.named(NET, "public1")
    assert network["router:external"] is True
    assert network["provider:physical_network"] == "physnet1"
    subnet = cloud.named(SUB, "demo-subnet")
    assert (subnet["network_id"], subnet["ip_version"]) == (network["id"], 4)
    assert subnet["allocation_pools"] == [{"start": "10.0.0.2", "end": "10.0.0.254"}]
    assert cloud.named(ROUTER, "demo-router")["external_gateway_info"] == {"network_id": network["id"]}


def test_what_is_not_there_is_none(cloud: FakeCloud) -> None:
    assert observe_all(cloud.api(), [PUBLIC, JOIN]) == {"network/public1": None, "router/demo-router": None}


def test_a_network_of_somebody_else_is_not_ours(cloud: FakeCloud) -> None:
    cloud.add(NET, name="public1", project_id="another")
    assert observe(cloud.api(), PUBLIC) is None


def test_one_list_call_a_kind(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC, SUBNET, JOIN)
    cloud.requests.clear()
    observe_all(cloud.api(), [PUBLIC, SUBNET, JOIN, with_values(PUBLIC)])
    asked = [path for method, path in cloud.requests if method == "GET"]
    assert sorted(asked) == sorted([NET, SUB, ROUTER, PORT])


def test_a_network_that_should_not_be_external_is_corrected(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC)
    assert ensure(cloud.api(), with_values(PUBLIC, external=False)) == "external corrected"
    assert cloud.named(NET, "public1")["router:external"] is False


def test_a_network_cannot_move(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC)
    with pytest.raises(Problem) as caught:
        ensure(cloud.api(), with_values(PUBLIC, physical_network="physnet2"))
    assert caught.value.code == "resource-cannot-change"
    assert "its physical_network is physnet1 and should be physnet2" in caught.value.detail
    assert caught.value.where == "network/public1"


def test_a_subnet_s_gateway_range_and_servers_are_corrected(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC, SUBNET)
    wanted = with_values(SUBNET, gateway_ip="10.0.0.254", allocation_pools=("10.0.0.9-10.0.0.20",), dns_nameservers=())
    identity = cloud.named(SUB, "demo-subnet")["id"]
    assert ensure(cloud.api(), wanted) == "allocation_pools, dns_nameservers, gateway_ip corrected"
    subnet = cloud.named(SUB, "demo-subnet")
    assert (subnet["id"], subnet["gateway_ip"], subnet["dns_nameservers"]) == (identity, "10.0.0.254", [])
    assert ensure(cloud.api(), wanted) == "was right"


def test_our_router_steps_aside_for_a_new_gateway(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC, SUBNET, JOIN)
    assert ensure(cloud.api(), with_values(SUBNET, gateway_ip="10.0.0.254")) == "gateway_ip corrected"
    asked = [path.rpartition("/")[2] for _, path in cloud.changed()]
    subnet = cloud.named(SUB, "demo-subnet")["id"]
    assert asked == ["remove_router_interface", subnet, "add_router_interface"]


def test_our_router_comes_back_when_a_change_is_refused(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC, SUBNET, JOIN)
    for wanted in (with_values(SUBNET, gateway_ip="10.0.0.254"), with_values(SUBNET, cidr="10.7.0.0/24")):
        subnet = cloud.named(SUB, "demo-subnet")["id"]
        cloud.refused = f"{SUB}/{subnet}"
        with pytest.raises(Problem, match="refused for the test"):
            ensure(cloud.api(), wanted)
        cloud.refused = ""
        assert ensure(cloud.api(), JOIN) == "was right"


def test_an_empty_subnet_is_replaced_and_our_router_moves_along(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC, SUBNET, JOIN)
    subnet, network = cloud.named(SUB, "demo-subnet"), cloud.named(NET, "public1")
    router = cloud.named(ROUTER, "demo-router")
    ips = [{"subnet_id": subnet["id"], "ip_address": "10.0.0.9"}]
    cloud.add(PORT, name="", device_owner="network:distributed", device_id="x", fixed_ips=ips)
    cloud.add(
        PORT,
        name="",
        device_owner="network:router_gateway",
        device_id=router["id"],
        fixed_ips=ips,
        network_id=network["id"],
    )
    wanted = with_values(SUBNET, cidr="10.7.0.0/24", gateway_ip="10.7.0.1", allocation_pools=("10.7.0.2-10.7.0.254",))
    done = ensure(cloud.api(), wanted)
    assert done == "replaced: 10.0.0.0/24 became 10.7.0.0/24, 2 router ports moved to it"
    new = cloud.named(SUB, "demo-subnet")
    assert (new["cidr"], new["id"] != subnet["id"]) == ("10.7.0.0/24", True)
    joined = [port for port in cloud.items[PORT].values() if port["device_owner"] == "network:router_interface"]
    assert [port["fixed_ips"][0]["subnet_id"] for port in joined] == [new["id"]]
    assert router["external_gateway_info"] == {"network_id": network["id"]}


def test_a_subnet_in_use_stays_and_its_users_are_named(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC, SUBNET, JOIN)
    subnet = cloud.named(SUB, "demo-subnet")
    server = cloud.add("/compute/servers", name="web1", image=None)
    other = cloud.add(ROUTER, name="theirs", project_id="another")
    for number, (owner, device) in enumerate(
        [
            ("compute:nova", server["id"]),
            ("compute:nova", "gone"),
            ("network:floatingip", "f"),
            ("network:router_interface", other["id"]),
            ("", ""),
        ]
    ):
        ips = [{"subnet_id": subnet["id"], "ip_address": f"10.0.0.{10 + number}"}]
        cloud.add(PORT, name="mine" if not owner else "", device_owner=owner, device_id=device, fixed_ips=ips)
    cloud.changed()
    with pytest.raises(Problem) as caught:
        ensure(cloud.api(), with_values(SUBNET, cidr="10.7.0.0/24"))
    found = caught.value
    assert (found.code, found.where) == ("resource-cannot-change", "globals.yml:7")
    assert found.detail.split("\n")[0] == "subnet demo-subnet: its network is 10.0.0.0/24 and should be 10.7.0.0/24"
    assert found.detail.split("\n")[2:] == [
        "- server web1 (10.0.0.10)",
        "- server gone (10.0.0.11)",
        "- floating IP 10.0.0.12",
        "- router theirs (10.0.0.13)",
        "- port mine (10.0.0.14)",
    ]
    assert cloud.changed() == []


def test_a_reference_to_what_is_not_there(cloud: FakeCloud) -> None:
    with pytest.raises(Problem, match="network/public1 was not found"):
        ensure(cloud.api(), SUBNET)


def test_a_router_is_joined_again_and_keeps_what_a_user_added(cloud: FakeCloud) -> None:
    settle(cloud, PUBLIC, SUBNET, JOIN)
    router = cloud.named(ROUTER, "demo-router")
    router["external_gateway_info"] = None
    (port,) = cloud.items[PORT].values()
    port["fixed_ips"] = [{"subnet_id": "a-user's", "ip_address": "10.5.0.1"}]
    assert ensure(cloud.api(), JOIN) == "gateway, subnets corrected"
    assert len(cloud.items[PORT]) == 2
    assert ensure(cloud.api(), JOIN) == "was right"


def test_security_group_rules_are_added_and_none_removed(cloud: FakeCloud) -> None:
    group = cloud.add(GROUP, name="default", security_group_rules=[])
    rule = {"direction": "ingress", "ethertype": "IPv4", "remote_ip_prefix": "0.0.0.0/0"}
    theirs = {**rule, "protocol": "tcp", "port_range_min": 9, "port_range_max": 9}
    ssh_from_one = {**theirs, "port_range_min": 22, "port_range_max": 22, "remote_ip_prefix": "10.0.0.1/32"}
    icmp = {**rule, "protocol": "icmp", "port_range_min": None, "port_range_max": None}
    group["security_group_rules"] += [theirs, ssh_from_one, icmp]
    wanted = Resource("security_group", "default", {"rules": ("icmp", "tcp:22", "udp:5000-5010")})
    assert ensure(cloud.api(), wanted) == "tcp:22, udp:5000-5010 allowed"
    assert len(group["security_group_rules"]) == 5
    assert ensure(cloud.api(), wanted) == "was right"


def test_flavors_and_key_pairs(cloud: FakeCloud) -> None:
    flavor = Resource("flavor", "m1.nano", {"id": "42", "ram": 128, "disk": 1, "vcpus": 1})
    pair = Resource("keypair", "mykey", {"public_key": "ssh-ed25519 AAAA"})
    settle(cloud, flavor, pair)
    cloud.items["/compute/os-keypairs"]["mykey"]["public_key"] = "ssh-ed25519 AAAA comment here"
    assert ensure(cloud.api(), pair) == "was right"
    assert ensure(cloud.api(), with_values(pair, public_key="ssh-ed25519 BBBB")) == "replaced: the public key differed"
    assert ensure(cloud.api(), with_values(flavor, ram=256)) == "replaced: ram differed"
    assert cloud.named(FLAVOR, "m1.nano")["ram"] == 256


# -- images ---------------------------------------------------------------------------------------------------------


def image(folder: Path, name: str, digest: str = "d1", **properties: Any) -> Resource:
    path = folder / name
    path.write_bytes(f"{name} {digest}".encode())
    values = {
        "path": str(path),
        "digest": digest,
        "disk_format": "raw",
        "container_format": "bare",
        "min_ram": 128,
        "visibility": "public",
        "properties": properties,
    }
    return Resource("image", name, values)


def pair(folder: Path, digest: str) -> tuple[Resource, Resource]:
    return image(folder, "kernel", digest), image(
        folder, "tiny", digest, os_distro="t", kernel_id={"ref": "image/kernel"}
    )


def upload(cloud: FakeCloud, *images: Resource) -> list[str]:
    return [ensure(cloud.api(), one) for one in images]


def test_an_image_is_uploaded_with_its_kernel(cloud: FakeCloud, tmp_path: Path) -> None:
    both = pair(tmp_path, "d1")
    assert upload(cloud, *both) == ["uploaded, 0.0 MB"] * 2
    tiny, kernel = cloud.named(IMAGE, "tiny"), cloud.named(IMAGE, "kernel")
    assert (tiny["kernel_id"], tiny["os_distro"], tiny["visibility"]) == (kernel["id"], "t", "public")
    assert cloud.uploads[tiny["id"]] == b"tiny d1"
    cloud.changed()
    assert upload(cloud, *both) == ["was right"] * 2
    assert cloud.changed() == []


def test_an_upload_that_was_cut_off_is_done_again(cloud: FakeCloud, tmp_path: Path) -> None:
    wanted = image(tmp_path, "tiny")
    begun = {"name": "tiny", "status": "queued", "owner": PROJECT, "visibility": "public", "min_ram": 128}
    # Cut off twice, and beside them an upload of a user's who likes the name.
    halves = [cloud.add(IMAGE, **begun, skylift_digest="d1") for _ in range(2)]
    users = cloud.add(IMAGE, **begun)
    assert observe(cloud.api(), wanted) is None
    assert upload(cloud, wanted) == ["uploaded, 0.0 MB"]
    assert not cloud.items[IMAGE].keys() & {half["id"] for half in halves}
    assert users["id"] in cloud.items[IMAGE]
    assert upload(cloud, wanted) == ["was right"]


def test_properties_and_visibility_are_corrected_in_place(cloud: FakeCloud, tmp_path: Path) -> None:
    wanted = image(tmp_path, "tiny", os_distro="t")
    upload(cloud, wanted)
    found = cloud.named(IMAGE, "tiny")
    found |= {"visibility": "private", "os_distro": "else", "a_users": "own"}
    assert upload(cloud, wanted) == ["properties, visibility corrected"]
    assert (found["visibility"], found["os_distro"], found["a_users"]) == ("public", "t", "own")


def test_other_content_takes_the_name_and_what_is_unused_goes(cloud: FakeCloud, tmp_path: Path) -> None:
    upload(cloud, *pair(tmp_path, "d1"))
    kernel, tiny = pair(tmp_path, "d2")
    # The old image still names the old kernel, which is kept until that image goes.
    assert upload(cloud, kernel) == ["uploaded, 0.0 MB; the old one is in use and kept as «kernel (replaced d1)»"]
    assert upload(cloud, tiny) == ["uploaded, 0.0 MB; the old one deleted"]
    assert sorted(one["name"] for one in cloud.items[IMAGE].values()) == ["kernel", "tiny"]
    assert cloud.named(IMAGE, "tiny")["kernel_id"] == cloud.named(IMAGE, "kernel")["id"]
    assert upload(cloud, kernel, tiny) == ["was right"] * 2


def test_what_a_guest_uses_is_hidden_until_the_guest_goes(cloud: FakeCloud, tmp_path: Path) -> None:
    upload(cloud, *pair(tmp_path, "d1"))
    old, old_kernel = cloud.named(IMAGE, "tiny"), cloud.named(IMAGE, "kernel")
    guest = cloud.add("/compute/servers", name="g", image={"id": old["id"]})
    assert upload(cloud, *pair(tmp_path, "d2"))[1].endswith("the old one is in use and kept as «tiny (replaced d1)»")
    assert (old["os_hidden"], old_kernel["os_hidden"], len(cloud.items[IMAGE])) == (True, True, 4)
    assert upload(cloud, *pair(tmp_path, "d2")) == ["was right"] * 2
    del cloud.items["/compute/servers"][guest["id"]]
    upload(cloud, *pair(tmp_path, "d3"))
    assert old["id"] not in cloud.items[IMAGE]
    assert old_kernel["id"] not in cloud.items[IMAGE]


def test_a_missing_file_is_a_problem_before_anything_is_registered(cloud: FakeCloud, tmp_path: Path) -> None:
    wanted = image(tmp_path, "tiny")
    Path(wanted.values["path"]).unlink()
    with pytest.raises(Problem) as caught:
        ensure(cloud.api(), wanted)
    assert caught.value.code == "image-file-missing"
    assert cloud.items[IMAGE] == {}


def test_what_does_not_answer_is_left_out(cloud: FakeCloud, tmp_path: Path) -> None:
    cloud.faults.append(("/image", 503, {}, "busy"))
    assert observe_all(cloud.api(), [image(tmp_path, "tiny"), PUBLIC]) == {"network/public1": None}
