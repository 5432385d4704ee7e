"""Choosing networks: nothing may collide, whatever the machine looks like."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.desired.addresses import neutron_range, node_address
from skylift.desired.networks import FIRST, POOLS, PURPOSES, ExternalWish, bridge_name, choose
from skylift.model.host import TakenRange
from skylift.model.problem import Problem

NOTHING: dict[str, IPv4Network | None] = dict.fromkeys(PURPOSES)


@st.composite
def networks(draw: st.DrawFn, low: int = 8, high: int = 32) -> IPv4Network:
    """Any network, more often one near the candidates than elsewhere."""
    near = st.sampled_from(POOLS).flatmap(
        lambda pool: st.integers(int(pool.network_address), int(pool.broadcast_address))
    )
    return IPv4Network((draw(near | st.integers(0, 2**32 - 1)), draw(st.integers(low, high))), strict=False)


def ranges(most: int = 12) -> st.SearchStrategy[list[TakenRange]]:
    return st.lists(networks(12).map(lambda network: TakenRange(network, "a route")), max_size=most)


@given(ranges())
def test_automatic_choice_collides_with_nothing(taken: list[TakenRange]) -> None:
    try:
        chosen = choose("skylift", NOTHING, taken)
    except Problem as problem:
        assert problem.code == "no-free-subnet"
        # Only a machine on which every pool is taken may end so.
        assert all(any(pool.overlaps(entry.network) for entry in taken) for pool in POOLS)
        return
    assert [network.purpose for network in chosen] == list(PURPOSES)
    for number, network in enumerate(chosen):
        assert not any(network.subnet.overlaps(entry.network) for entry in taken)
        assert not any(network.subnet.overlaps(other.subnet) for other in chosen[number + 1 :])
        assert network.gateway in network.subnet
        assert network.ip_range.subnet_of(network.subnet)
        assert len(network.bridge) <= 15


@given(networks(8, 30), ranges(6), st.sampled_from(PURPOSES))
def test_a_wanted_subnet_is_taken_or_the_collision_is_named(
    subnet: IPv4Network, taken: list[TakenRange], purpose: str
) -> None:
    hits = [entry for entry in taken if entry.network.overlaps(subnet)]
    try:
        chosen = choose("skylift", NOTHING | {purpose: subnet}, taken, where={purpose: "globals.yml:7"})
    except Problem as problem:
        assert problem.code in {"subnet-collides", "subnet-unfit", "no-free-subnet"}
        if problem.code == "subnet-collides":
            assert problem.where == "globals.yml:7"
            assert hits
            assert all(str(hit.network) in problem.detail for hit in hits)
        return
    assert not hits
    assert {network.purpose: network.subnet for network in chosen}[purpose] == subnet


@given(networks(12, 27), st.data())
def test_neutron_and_the_engine_never_share_an_address(subnet: IPv4Network, data: st.DataObject) -> None:
    address = st.integers(int(subnet[1]), int(subnet[-2])).map(IPv4Address)
    first, last = sorted((data.draw(address), data.draw(address)))
    wish = data.draw(st.sampled_from((ExternalWish(), ExternalWish(first=first, last=last))))
    try:
        chosen = choose("skylift", NOTHING | {"external": subnet}, (), wish)
    except Problem as problem:
        assert problem.code in {"external-range-unfit", "subnet-unfit"}
        return
    external = chosen[1]
    low, high = neutron_range(external, wish)
    assert low <= high
    assert low in subnet
    assert high in subnet
    assert high < external.ip_range.network_address or low > external.ip_range.broadcast_address
    assert not low <= external.gateway <= high
    assert subnet.network_address not in (low, high)
    assert subnet.broadcast_address not in (low, high)
    nodes = [node_address(external, index) for index in range(3)]
    assert len(set(nodes)) == 3
    assert all(node in external.ip_range and node != external.gateway for node in nodes)


@given(st.text(min_size=1))
def test_bridge_names_fit_and_differ(cloud: str) -> None:
    names = {bridge_name(cloud, purpose) for purpose in PURPOSES}
    assert len(names) == 3
    assert all(len(name) <= 15 and name.isascii() for name in names)


def test_a_bare_machine_gets_the_known_subnets() -> None:
    chosen = choose("skylift", NOTHING, ())
    assert {network.purpose: network.subnet for network in chosen} == FIRST
    external = chosen[1]
    assert external.name == "skylift-2-external"
    assert (str(external.gateway), str(external.ip_range)) == ("172.24.4.1", "172.24.4.0/27")
    assert tuple(map(str, neutron_range(external))) == ("172.24.4.32", "172.24.4.254")
    assert str(node_address(external, 0)) == "172.24.4.16"
    assert [network.isolated for network in chosen] == [False, False, True]


def test_the_problem_names_setting_and_collision() -> None:
    taken = [TakenRange(IPv4Network("192.0.2.0/24"), "route via eth0")]
    with pytest.raises(Problem) as caught:
        choose(
            "skylift",
            NOTHING | {"external": IPv4Network("192.0.2.0/25")},
            taken,
            where={"external": "globals.yml:3"},
        )
    assert caught.value.code == "subnet-collides"
    assert caught.value.where == "globals.yml:3"
    assert "192.0.2.0/24 (route via eth0)" in caught.value.detail


def test_two_wishes_that_overlap_each_other_collide() -> None:
    same = IPv4Network("10.9.0.0/24")
    with pytest.raises(Problem) as caught:
        choose("skylift", NOTHING | {"internal": same, "tunnel": same}, ())
    assert "network of this cloud" in caught.value.detail


def test_what_is_deployed_stays_although_a_better_one_is_free() -> None:
    there = {"internal": IPv4Network("10.208.3.0/24")}
    # A mirror may since resolve into it: the cloud that is up is not torn down for that.
    taken = [TakenRange(IPv4Network("10.208.3.9/32"), "a mirror")]
    chosen = choose("skylift", NOTHING, taken, existing=there)
    assert chosen[0].subnet == there["internal"]


def test_a_range_without_a_subnet_finds_its_subnet() -> None:
    wish = ExternalWish(first=IPv4Address("203.0.113.100"), last=IPv4Address("203.0.113.200"))
    external = choose("skylift", NOTHING, (), wish)[1]
    assert str(external.subnet) == "203.0.113.0/24"
    assert str(external.ip_range) == "203.0.113.0/27"


@pytest.mark.parametrize(
    ("gateway", "first", "last", "said"),
    [
        ("10.9.1.1", None, None, "no usable address"),
        (None, "10.9.0.9", "10.9.0.3", "behind the last"),
        (None, "10.9.0.9", "10.9.1.3", "not within"),
        ("10.9.0.20", "10.9.0.9", "10.9.0.30", "contains the gateway"),
        (None, "10.9.0.2", "10.9.0.254", "no block"),
    ],
)
def test_a_range_that_does_not_fit_is_refused(
    gateway: str | None, first: str | None, last: str | None, said: str
) -> None:
    def address(text: str | None) -> IPv4Address | None:
        return IPv4Address(text) if text else None

    wish = ExternalWish(address(gateway), address(first), address(last), range_where="globals.yml:9")
    with pytest.raises(Problem) as caught:
        choose("skylift", NOTHING | {"external": IPv4Network("10.9.0.0/24")}, (), wish)
    assert caught.value.code == "external-range-unfit"
    assert said in caught.value.detail


def test_more_nodes_than_addresses_is_a_problem() -> None:
    internal = choose("skylift", NOTHING | {"internal": IPv4Network("10.9.0.0/28")}, ())[0]
    assert node_address(internal, 6) == IPv4Address("10.9.0.14")
    with pytest.raises(Problem, match="no room"):
        node_address(internal, 7)
