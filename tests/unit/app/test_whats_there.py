from skylift.app.whats_there import half_made
from skylift.desired.networks import PURPOSES, bridge_name
from skylift.model.container import LABEL
from skylift.model.observed import Observed, ObservedNetwork


def observed(*purposes: str) -> Observed:
    networks = (ObservedNetwork(name, name, "10.0.0.0/24", {LABEL + "purpose": name}) for name in purposes)
    return Observed(networks={network.name: network for network in networks})


def test_a_bridge_whose_network_is_not_listed_yet_is_half_made() -> None:
    links = ["lo", "eth0", bridge_name("mine", "internal"), bridge_name("mine", "external")]
    assert half_made("mine", links, observed("internal"))
    assert not half_made("mine", links, observed("internal", "external"))


def test_networks_without_bridges_and_bridges_of_others_are_nothing_to_wait_for() -> None:
    assert not half_made("mine", ["lo", bridge_name("other", "internal")], observed())
    assert not half_made("mine", ["lo"], observed(*PURPOSES))
