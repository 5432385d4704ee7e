"""What the engine is asked for, and what is read from its answers."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from skylift.engines.spec import archive, create_config, epoch, state_of
from skylift.model.container import Attachment, ContainerSpec, File, Mount
from skylift.model.secret import Secret

SPEC = ContainerSpec(
    name="c-node1-nova_api",
    short="nova_api",
    service="nova",
    node="node1",
    image="skylift/nova-api:1",
    image_id="sha256:abc",
    environment=(("A", "1"),),
    mounts=(Mount("volume", "c-node1-nova", "/var/lib/nova", propagation=""), Mount("tmpfs", "", "/tmp/x")),
    capabilities=("NET_ADMIN",),
    devices=("/dev/net/tun",),
    security=("systempaths=unconfined", "apparmor=unconfined"),
    network="container:c-node1",
    files=(File("/var/lib/kolla/config_files/nova.conf", Secret("password = hunter2")),),
    healthcheck=("true",),
)


def test_what_the_engine_is_asked_for() -> None:
    config = create_config(SPEC, "c")
    host = config["HostConfig"]
    assert config["Image"] == "sha256:abc"
    assert host["NetworkMode"] == "container:c-node1"
    assert host["CapAdd"] == ["NET_ADMIN"]
    assert host["SecurityOpt"] == ["apparmor=unconfined"]
    assert (host["MaskedPaths"], host["ReadonlyPaths"]) == ([], [])
    assert host["RestartPolicy"] == {"Name": "always"}
    assert host["Tmpfs"] == {"/tmp/x": ""}
    assert host["Mounts"][0] == {
        "Type": "volume",
        "Source": "c-node1-nova",
        "Target": "/var/lib/nova",
        "ReadOnly": False,
    }
    assert "Privileged" not in host


def test_no_secret_is_in_what_the_engine_keeps() -> None:
    assert "hunter2" not in json.dumps(create_config(SPEC, "c"))


def test_masked_paths_stay_masked_without_the_option() -> None:
    host = create_config(replace(SPEC, security=()), "c")["HostConfig"]
    assert "MaskedPaths" not in host


def test_a_node_is_attached_to_its_first_network() -> None:
    node = replace(SPEC, network="", hostname="node1", attachments=(Attachment("c-1-internal", "10.0.0.2"),))
    config = create_config(node, "c")
    assert config["Hostname"] == "node1"
    endpoints = config["NetworkingConfig"]["EndpointsConfig"]
    assert endpoints == {"c-1-internal": {"IPAMConfig": {"IPv4Address": "10.0.0.2"}}}


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.sampled_from([0o600, 0o644, 0o755]))
def test_files_arrive_as_they_are_and_private(text: str, mode: int) -> None:
    packed = archive([File("/etc/a/b.conf", Secret(text), mode)])
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        (info,) = tar.getmembers()
        content = tar.extractfile(info)
        assert content is not None
        assert content.read().decode() == text
    assert (info.name, info.mode, info.uid, info.gid) == ("etc/a/b.conf", mode, 0, 0)


def test_times_of_the_engine() -> None:
    assert epoch("1970-01-01T00:00:10.5Z") == 10.5
    assert epoch("1970-01-01T00:00:10Z") == 10.0
    assert epoch("0001-01-01T00:00:00Z") == 0.0
    assert epoch("") == 0.0
    assert epoch("1970-01-01T00:00:01.123456789Z") == 1.123456789


def test_a_container_made_from_a_specification_is_recognised() -> None:
    shown = {
        "Name": "/c-node1-nova_api",
        "Id": "1",
        "Image": "sha256:abc",
        "Config": {"Image": SPEC.image, "Labels": SPEC.labels("c")},
        "HostConfig": {"NetworkMode": "container:1", "CapAdd": ["CAP_NET_ADMIN"]},
        "State": {"Status": "running", "ExitCode": 0, "Pid": 5, "Health": {"Status": "healthy"}},
        "RestartCount": 2,
    }
    state = state_of(shown)
    assert (state.name, state.short, state.digest) == (SPEC.name, "nova_api", SPEC.digest)
    assert (state.status, state.health, state.restarts, state.pid) == ("running", "healthy", 2, 5)


@given(st.sampled_from(["image_id", "user", "name", "hostname"]), st.text(min_size=1, max_size=5))
def test_the_digest_changes_with_what_counts(field: str, value: str) -> None:
    changed = replace(SPEC, **{field: value})  # type: ignore[arg-type]
    counts = field != "name"
    assert (changed.digest != SPEC.digest) == (counts and getattr(SPEC, field) != value)
