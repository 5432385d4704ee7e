"""What is switched on with a service, and what keeps one from going off."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from skylift.app.dependencies import left_without, missing
from skylift.model.service import Choice, OneOf, Service

VOLUMES = OneOf(
    "somewhere to keep volumes", (Choice("cinder_backend_ceph", "ceph"), Choice("enable_cinder_backend_nfs"))
)
KEY_ONLY = OneOf("a device", (Choice("device"),))


def service(name: str, *requires: str, needs_one: tuple[OneOf, ...] = ()) -> Service:
    return Service(name, name, Path(), requires=requires, needs_one=needs_one, enabled_by=f"enable_{name}")


CEPH, CINDER = service("ceph"), service("cinder", "keystone", needs_one=(VOLUMES,))
CLOUD = (service("keystone"), CEPH, CINDER, service("heat", "keystone"), service("magnum", "heat", "cinder"))


def off(_key: str) -> bool:
    return False


def test_needs_are_followed_to_their_end() -> None:
    needs = missing(["magnum"], CLOUD, {"keystone"}, off)
    assert [need.add for need in needs] == ["heat", "cinder", "ceph"]
    assert str(needs[-1]) == "cinder needs somewhere to keep volumes: ceph or enable_cinder_backend_nfs: yes"


def test_one_of_several_is_enough() -> None:
    assert missing(["cinder", "ceph"], CLOUD, {"keystone"}, off) == ()
    assert missing(["cinder"], CLOUD, {"keystone"}, lambda key: key == "enable_cinder_backend_nfs") == ()


def test_what_only_a_key_can_give_is_no_service_to_add() -> None:
    (need,) = missing(["x"], (service("x", needs_one=(KEY_ONLY,)),), set(), off)
    assert need.add == "" and "device: yes" in need.what


def test_what_others_need_stays() -> None:
    on = {"keystone", "ceph", "cinder", "heat"}
    ceph = {"cinder_backend_ceph"}.__contains__
    assert left_without({"ceph"}, CLOUD, on, ceph) == {"cinder": ("ceph",)}
    assert left_without({"ceph", "cinder"}, CLOUD, on, ceph) == {}
    both = {"cinder_backend_ceph", "enable_cinder_backend_nfs"}.__contains__
    assert left_without({"ceph"}, CLOUD, on, both) == {}


@given(st.sets(st.sampled_from([one.name for one in CLOUD])), st.sets(st.sampled_from([one.name for one in CLOUD])))
def test_with_all_that_is_missing_nothing_is_missing(names: set[str], on: set[str]) -> None:
    # What is on already is complete: the settings refuse anything else.
    on |= {need.add for need in missing(sorted(on), CLOUD, on, off)}
    added = {need.add for need in missing(sorted(names), CLOUD, on, off)}
    assert not added & (on | names)
    assert missing(sorted(names), CLOUD, on | added | names, off) == ()
