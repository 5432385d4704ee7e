"""Containers by what a person calls them."""

from __future__ import annotations

import pytest

from skylift.app import find
from skylift.model.container import LABEL, ContainerState
from skylift.model.problem import Problem


def state(
    short: str, service: str, node: str = "node1", status: str = "running", kind: str = "container"
) -> ContainerState:
    labels = {LABEL + "container": short, LABEL + "service": service, LABEL + "node": node, LABEL + "kind": kind}
    return ContainerState(f"skylift-{node}-{short}", "1", "image", "id", labels, status, exit_code=1)


STATES = (
    state("nova_api", "nova"),
    state("nova_api", "nova", "node2"),
    state("nova_schema", "nova", kind="job", status="exited"),
    state("keystone", "keystone"),
    state("keystone_fernet", "keystone"),
    state("memcached", "memcached"),
    state("glance_api", "glance", status="exited"),
)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("nova_api", ["skylift-node1-nova_api", "skylift-node2-nova_api"]),
        ("nova-api", ["skylift-node1-nova_api", "skylift-node2-nova_api"]),
        ("nova_api@node2", ["skylift-node2-nova_api"]),
        ("skylift-node2-nova_api", ["skylift-node2-nova_api"]),
        ("nova", ["skylift-node1-nova_api", "skylift-node2-nova_api", "skylift-node1-nova_schema"]),
        ("keystone", ["skylift-node1-keystone"]),
    ],
)
def test_names(word: str, names: list[str]) -> None:
    assert [found.name for found in find.containers(STATES, word)] == names


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("keystone", "skylift-node1-keystone"),
        ("memcached", "skylift-node1-memcached"),
        ("nova_api@node2", "skylift-node2-nova_api"),
        ("skylift-node1-nova_api", "skylift-node1-nova_api"),
    ],
)
def test_the_one_container_to_run_a_command_in(word: str, name: str) -> None:
    assert find.one(STATES, word).name == name


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(Problem) as caught:
        find.containers(STATES, "novaapi")
    assert caught.value.code == "container-unknown"
    assert "nova_api" in caught.value.detail


def test_several_nodes_ask_for_the_node() -> None:
    with pytest.raises(Problem) as caught:
        find.one(STATES, "nova_api")
    assert caught.value.code == "container-ambiguous"
    assert caught.value.detail == "nova_api: nova_api@node1, nova_api@node2"


def test_a_stopped_container_cannot_run_a_command() -> None:
    with pytest.raises(Problem) as caught:
        find.one(STATES, "glance")
    assert (caught.value.code, caught.value.detail) == ("container-stopped", "glance_api is exited with code 1")
