"""One container against its specification: what is to be done, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.plan.world import CONFIG, IMAGE, config, node_spec, setup, spec, state

from skylift.model.container import LABEL, LATEST_STAMP, ContainerSpec, ContainerState, File, Mount, stamp
from skylift.model.inputs import Input
from skylift.plan.compare import Finding, changed_inputs, compare

NOW = LATEST_STAMP + 10**9
CONF, SETTINGS = f"{CONFIG}/nova.conf", f"{CONFIG}/settings.sh"
SPEC = spec("nova_api", "nova", text="debug = false", settings="one")
JOB = spec("nova_schema", "nova", job=True)


def finding(of: ContainerSpec = SPEC, made_from: ContainerSpec | None = None, **found: Any) -> Finding:
    return compare(of, state(made_from or of, **found), state(node_spec()), IMAGE)


def stamps(**marks: int) -> dict[str, int]:
    """Return stamps as they should be but for those of some files, by their bare names."""
    whole = state(SPEC).stamps
    return {path: marks.get(path.rsplit("/", 1)[-1].partition(".")[0], mark) for path, mark in whole.items()}


def changed(text: str = "debug = false", settings: str = "one") -> ContainerSpec:
    return spec("nova_api", "nova", text=text, settings=settings)


def test_nothing_is_to_be_done() -> None:
    assert finding() == Finding("keep")
    assert finding(JOB) == Finding("keep")


def test_what_is_not_there_is_created() -> None:
    assert compare(SPEC, None, None) == Finding("create", "it is not there")


def test_a_changed_file_is_known_by_its_stamp() -> None:
    assert finding(changed("debug = true"), SPEC) == Finding(
        "recreate", "nova.conf changed", (CONF,), ("nova.conf changed",)
    )


def test_the_stamp_counts_and_not_what_the_label_says() -> None:
    """After a reload the label is out of date; the file is not."""
    now = changed(settings="two")
    taken_over = {path: stamp(digest) for path, digest in now.file_digests.items()}
    assert finding(now, SPEC, stamps=taken_over) == Finding("keep")
    assert finding(SPEC, SPEC, stamps=taken_over).cause == "settings.sh changed"


@pytest.mark.parametrize("looked", [{}, {CONF: 0, SETTINGS: 0}], ids=["nobody looked", "no stamps then"])
def test_without_a_stamp_the_label_tells(looked: dict[str, int]) -> None:
    assert finding(stamps=looked) == Finding("keep")
    assert finding(changed("debug = true"), SPEC, stamps=looked).cause == "nova.conf changed"


def test_a_missing_file_has_it_recreated() -> None:
    assert finding(stamps=stamps(settings=-1)) == Finding(
        "recreate", "settings.sh is missing in it", (SETTINGS,), ("settings.sh is missing in it",)
    )


def test_an_edited_file_has_it_recreated() -> None:
    assert finding(stamps=stamps(nova=NOW)) == Finding(
        "recreate",
        "nova.conf was edited by hand inside the container",
        (CONF,),
        ("nova.conf was edited by hand inside the container",),
    )


def test_new_and_former_files_are_named() -> None:
    fewer = replace(SPEC, files=SPEC.files[:1])
    assert finding(SPEC, fewer).cause == "settings.sh is new"
    assert finding(fewer, SPEC).cause == "settings.sh is no longer used"


def test_a_container_left_without_its_files_or_places_is_recreated() -> None:
    """So it is when the engine was cut off between creating it and what comes next."""
    bare = finding(status="created", stamps=dict.fromkeys(state(SPEC).stamps, -1))
    assert (bare.verdict, bare.files) == ("recreate", (CONF, SETTINGS))
    node = node_spec()
    half = replace(setup(node), attached=setup(node).attached[:1])
    found = compare(node, state(node, status="created", setup=half), None, IMAGE)
    assert (found.verdict, found.cause) == ("recreate", "it is not attached to test-2-external, test-3-tunnel")


# What can be taken over without a restart.


def test_what_can_be_reloaded_is_reloaded() -> None:
    assert finding(changed(settings="two"), SPEC) == Finding(
        "reload", "settings.sh changed", (SETTINGS,), ("settings.sh changed",)
    )


@pytest.mark.parametrize(
    ("of", "found"),
    [
        (changed("debug = true", "two"), {}),
        (changed(settings="two"), {"status": "exited"}),
        (changed(settings="two"), {"status": "created"}),
        (changed(settings="two"), {"health": "unhealthy"}),
        (changed(settings="two"), {"started": 0.5}),
        (changed(settings="two"), {"edited": (CONF,)}),
        (changed(settings="two"), {"stamps": stamps(settings=NOW)}),
        (changed(settings="two"), {"stamps": stamps(settings=-1)}),
        (replace(changed(settings="two"), image_id="sha256:2"), {}),
        (replace(changed(settings="two"), reload=None), {}),
        (changed(settings="two"), {"setup": replace(setup(SPEC), privileged=True)}),
    ],
    ids=[
        "another file",
        "exited",
        "created",
        "unhealthy",
        "node restarted",
        "in use",
        "edited",
        "missing",
        "image",
        "cannot",
        "drift",
    ],
)
def test_whatever_else_is_otherwise_forbids_a_reload(of: ContainerSpec, found: dict[str, Any]) -> None:
    assert finding(of, SPEC, **found).verdict == "recreate"


def test_what_was_done_by_hand_is_told_beside_what_the_settings_change() -> None:
    found = finding(changed("debug = true"), SPEC, setup=replace(setup(SPEC), privileged=True))
    assert found.causes == ("nova.conf changed", "it was made privileged by hand")


def test_a_reload_says_what_was_edited_in_use_besides() -> None:
    found = finding(changed("debug = true"), SPEC, edited=(SETTINGS,))
    assert found.causes == ("nova.conf changed", "settings.sh was edited by hand inside the container")
    assert found.files == (CONF, SETTINGS)


# A sound specification in a container that is not well.


@pytest.mark.parametrize(
    ("found", "verdict", "cause"),
    [
        ({"status": "created"}, "start", "it was never started"),
        ({"status": "exited", "exit_code": 137}, "start", "it exited with code 137"),
        ({"status": "paused"}, "restart", "it is paused"),
        ({"status": "dead"}, "restart", "it is dead"),
        ({"status": "restarting"}, "restart", "it is restarting"),
        ({"health": "unhealthy"}, "restart", "its health check fails"),
        ({"health": "starting"}, "keep", ""),
        ({"started": 0.5}, "restart", "its node node1 was restarted"),
        ({"edited": (CONF,)}, "restart", "nova.conf was edited by hand inside the container"),
    ],
)
def test_processes(found: dict[str, Any], verdict: str, cause: str) -> None:
    got = finding(**found)
    assert (got.verdict, got.cause) == (verdict, cause)


def test_a_restart_tells_which_file_it_puts_back() -> None:
    assert finding(edited=(CONF,)).files == (CONF,)


@pytest.mark.parametrize(
    ("found", "verdict", "cause"),
    [
        ({"exit_code": 1}, "recreate", "it ended with exit code 1"),
        ({"status": "created"}, "start", "it was cut off before it ran"),
        ({"status": "running"}, "start", "it is still running"),
        ({"status": "running", "started": 0.5}, "recreate", "its node node1 was restarted"),
        ({"status": "dead", "exit_code": 255}, "recreate", "it is dead"),
        ({"status": "paused"}, "recreate", "it is paused"),
    ],
)
def test_jobs(found: dict[str, Any], verdict: str, cause: str) -> None:
    got = finding(JOB, **found)
    assert (got.verdict, got.cause) == (verdict, cause)


def test_what_a_job_was_set_up_like_matters_only_until_it_has_ended() -> None:
    strange = replace(setup(JOB), privileged=True)
    assert finding(JOB, setup=strange) == Finding("keep")
    assert finding(JOB, status="created", setup=strange).verdict == "recreate"


# Groups of properties.


def test_groups_that_changed_are_named() -> None:
    other = replace(SPEC, environment=(("A", "b"),), image_id="sha256:" + "f" * 64, grace=99)
    assert finding(other, SPEC).causes == ("image changed: 1 → ffffffffffff", "environment changed")


def test_rights_and_mounts_are_named_where_somebody_looked() -> None:
    other = replace(
        SPEC, capabilities=("NET_ADMIN",), devices=("/dev/kvm", "/dev/net/tun"), mounts=(Mount("volume", "v", "/data"),)
    )
    assert finding(other, SPEC).causes == (
        "mount /data added",
        "capability NET_ADMIN added, devices /dev/kvm, /dev/net/tun added",
    )
    assert finding(SPEC, other).causes[0] == "mount /data taken away"
    assert finding(other, SPEC, setup=None).causes == ("mounts changed", "rights changed")


def test_who_follows_another_says_so() -> None:
    led = replace(SPEC, followed=(("nova_libvirt", "1"),))
    assert (
        finding(replace(SPEC, followed=(("nova_libvirt", "2"),)), led).cause
        == "nova_libvirt, which it follows, changes"
    )
    assert finding(SPEC, led).cause == "what it follows changed"


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_labels_that_cannot_be_read_are_those_of_another_version(text: str) -> None:
    found = finding(labels={LABEL + "shape": text, LABEL + "files": text})
    assert "it was made by another version of Skylift" in found.causes


# What the files were made from.


def inputs(of: ContainerSpec, **values: str) -> ContainerSpec:
    made = tuple(Input(name.replace("_", " ", 1), value, "globals.yml:1") for name, value in values.items())
    return replace(of, files=(config("nova.conf", str(values), *made),))


def made_from(**values: str) -> ContainerState:
    return state(inputs(SPEC, **values))


def test_inputs_that_changed() -> None:
    now = inputs(SPEC, workers="2", service_octavia="on", config_x="1", new="1")
    then = made_from(workers="1", service_ceph="on", config_y="1", old="1")
    found = {one.name: (one.old, one.new, one.source) for one in changed_inputs(now, then)}
    assert found == {
        "workers": ("1", "2", "globals.yml:1"),
        "service octavia": ("", "on", "globals.yml:1"),
        "service ceph": ("on", "", ""),
    }


def test_an_override_that_is_new_or_gone_counts() -> None:
    now = replace(SPEC, files=(config("nova.conf", "", Input("config/nova.conf", "1"), Input("a", "1")),))
    was = replace(SPEC, files=(config("nova.conf", "", Input("config/nova/nova-api.conf", "1"), Input("a", "1")),))
    assert [one.name for one in changed_inputs(now, state(was))] == ["config/nova.conf", "config/nova/nova-api.conf"]


def test_a_version_that_noted_no_inputs_tells_nothing() -> None:
    assert changed_inputs(inputs(SPEC, workers="2"), state(replace(SPEC, files=()))) == ()
    assert changed_inputs(inputs(SPEC, workers="2"), None) == ()


def test_the_record_of_a_reload_is_newer_than_the_label() -> None:
    now = inputs(SPEC, workers="2")
    assert changed_inputs(now, made_from(workers="1"), '{"workers": "2"}') == ()
    assert [one.old for one in changed_inputs(now, made_from(workers="2"), '{"workers": "1"}')] == ["1"]


def test_a_changed_password_is_no_matter_for_a_reload() -> None:
    """Who works with it has to stop before it is set: its file alone would be taken over too early or too late."""
    held, wanted = (replace(SPEC, files=(SPEC.files[0], _held(value))) for value in ("old", "new"))
    assert finding(wanted, held).verdict == "recreate"


def _held(value: str) -> File:
    return config("settings.sh", value, Input.password("database_password", value))
