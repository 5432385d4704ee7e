"""Each way in which somebody can have set up a container otherwise, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.plan.world import IMAGE, NODE, node_spec, setup, spec, state

from skylift.model.container import ContainerSpec, ContainerState, Mount, Setup
from skylift.plan.drift import drift

SPEC = replace(
    spec("nova_compute", "nova", volume="nova"),
    capabilities=("NET_ADMIN", "SYS_ADMIN"),
    devices=("/dev/net/tun",),
    environment=(("KOLLA_SERVICE_NAME", "nova-compute"), ("LANG", "C.UTF-8")),
)
DATA = f"{NODE}-nova"
NODE_STATE = replace(state(node_spec()), engine_id="3f00")


def told(
    of: ContainerSpec = SPEC, sets: Setup | None = IMAGE, node: ContainerState = NODE_STATE, **found: Any
) -> list[str]:
    """Return what is said of a container whose setup is otherwise in what ``found`` says."""
    own = replace(setup(of), **{name: value for name, value in found.items() if name in Setup.__slots__})
    rest = {name: value for name, value in found.items() if name not in Setup.__slots__}
    return drift(of, state(of, setup=own, **rest), node, sets)


def test_a_container_as_it_was_made_shows_nothing() -> None:
    assert told() == []
    assert told(node_spec()) == []


def test_nothing_is_said_where_nobody_looked() -> None:
    assert drift(SPEC, state(SPEC, setup=None), NODE_STATE, IMAGE) == []


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        ({"image_id": "sha256:x", "image": "who/nova:1"}, "it was made from another image, who/nova:1, by hand"),
        ({"command": ("sleep", "1")}, "its command was changed by hand"),
        ({"entrypoint": ()}, "its entrypoint was changed by hand"),
        ({"user": "root"}, "its user was changed by hand"),
        ({"mounts": ()}, "mount /data taken away by hand"),
        ({"mounts": (Mount("bind", "/srv", "/data"),)}, "mount /data changed by hand"),
        ({"mounts": (Mount("volume", DATA, "/data", read_only=True),)}, "mount /data changed by hand"),
        (
            {"mounts": (Mount("volume", DATA, "/data"), Mount("bind", "/a", "/a"), Mount("bind", "/b", "/b"))},
            "mounts /a, /b added by hand",
        ),
        ({"capabilities": frozenset({"NET_ADMIN"})}, "capability SYS_ADMIN taken away by hand"),
        (
            {"capabilities": frozenset({"NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "MKNOD"})},
            "capabilities MKNOD, SYS_PTRACE added by hand",
        ),
        ({"devices": frozenset()}, "device /dev/net/tun taken away by hand"),
        ({"devices": frozenset({"/dev/net/tun", "/dev/kvm"})}, "device /dev/kvm added by hand"),
        ({"privileged": True}, "it was made privileged by hand"),
        ({"restart": "no"}, "whether it starts again by itself was changed by hand"),
        ({"host_pid": True}, "its process namespace was changed by hand"),
        ({"network": "bridge"}, "it is not in the network of node1"),
        ({"network": "container:another"}, "it is not in the network of node1"),
    ],
)  # fmt: skip
def test_each_kind(found: dict[str, Any], cause: str) -> None:
    assert told(**found) == [cause]


def test_several_are_all_told() -> None:
    assert told(privileged=True, mounts=(), user="root") == [
        "its user was changed by hand",
        "mount /data taken away by hand",
        "it was made privileged by hand",
    ]


def test_the_node_is_known_by_its_name_and_by_its_id() -> None:
    assert told(network="container:3f00") == []
    assert told(network=f"container:{NODE}") == []


def test_attachments_are_compared_by_their_address() -> None:
    first, *others = setup(node_spec()).attached
    moved = ((first[0], "172.24.0.99"), *others)
    assert told(node_spec(), attached=moved) == [f"it is not attached to {first[0]}"]
    assert told(node_spec(), attached=(*setup(node_spec()).attached, ("somebody", "10.0.0.1"))) == []


# Variables: their values may be secrets.


@pytest.mark.parametrize(
    ("variables", "cause"),
    [
        ({"PASSWORD=s3cret"}, "variable PASSWORD added by hand"),
        ({"LANG=s3cret"}, "variable LANG changed by hand"),
        ({"PATH=s3cret"}, "variable PATH changed by hand"),
        ({"B=s3cret", "A"}, "variables A, B added by hand"),
    ],
)
def test_variables_are_named_and_their_values_never_told(variables: set[str], cause: str) -> None:
    keys = {item.partition("=")[0] for item in variables}
    kept = {item for item in setup(SPEC).environment if item.partition("=")[0] not in keys}
    assert told(environment=frozenset(kept | variables)) == [cause]


def test_what_the_image_sets_is_no_drift_unless_it_is_taken_away() -> None:
    assert told(environment=setup(SPEC).environment - {"PATH=/bin"}) == ["variable PATH taken away by hand"]
    own = setup(SPEC, replace(IMAGE, environment=frozenset({"PATH=/usr/bin"})))
    assert "PATH=/usr/bin" in own.environment


def test_of_an_image_that_is_gone_nothing_is_expected() -> None:
    assert told(sets=None, command=("sleep",), user="root", environment=frozenset()) == []
    assert told(sets=None, privileged=True) == ["it was made privileged by hand"]


def test_the_place_of_a_tmpfs_counts_and_nothing_else_of_it() -> None:
    of = replace(SPEC, mounts=(Mount("tmpfs", "ignored", "/run"),))
    assert told(of) == []
    assert told(of, mounts=(Mount("tmpfs", "", "/run"),)) == []
    assert told(of, mounts=()) == ["mount /run taken away by hand"]
