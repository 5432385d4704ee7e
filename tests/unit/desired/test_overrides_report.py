"""Overrides that change nothing are named, with the nearest that would; those that work are not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.contracts.fixture import desired

from skylift import services
from skylift.desired.options import Known, nearest, unknown
from skylift.desired.overrides_report import option_lists, without_effect
from skylift.settings import Overrides

KNOWN: Mapping[str, Known] = {
    "nova": {
        "DEFAULT": {"my_ip": False, "rpc_response_timeout": False, "debug": False},
        "libvirt": {"virt_type": False, "cpu_mode": False},
        "oslo_policy": {"policy_file": False},
    },
    "glance": {"DEFAULT": {"rpc_response_timeout": False, "enabled_backends": False}, "glance_store": {"stores": True}},
    "keystone": {"DEFAULT": {"rpc_response_timeout": False}, "token": {"expiration": False}},
}


def said(overrides: Mapping[str, str], settings: str = "") -> dict[str, str]:
    """Return what is said of overrides, by place."""
    wanted = desired(overrides, settings)
    found = without_effect(wanted, Overrides.of(overrides), services.load(), KNOWN)
    assert all(notice.level == "warning" for notice in found)
    assert len({notice.where for notice in found}) == len(found)
    return {notice.where: notice.text for notice in found}


def test_what_works_is_not_mentioned() -> None:
    works = {
        "global.conf": "[DEFAULT]\nrpc_response_timeout = 77\n",
        "nova.conf": "[DEFAULT]\nmy-ip = 1.2.3.4\ndebug = false\n[Libvirt]\nvirt_type = kvm\n",
        "nova/nova-api.conf": "# nothing yet\n",
        "nova/policy.yaml": "a: b\n",
        "nova/release": "[Nova]\n",
        "octavia.conf": "[not_listed]\nat_all = 1\n",
        "galera.cnf": "[mariadbd]\nnobody-knows = 1\n",
        "rabbitmq/advanced.config": "[].\n",
        "nova/node1/qemu.conf.j2": "",
    }
    assert said(works) == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nova/nova.conf", "did you mean config/nova.conf?"),
        ("nova-api.conf", "did you mean config/nova/nova-api.conf?"),
        ("Nova.conf", "did you mean config/nova.conf?"),
        ("keystone/policy.yml", "did you mean config/keystone/policy.yaml?"),
        ("neutron/ml2-conf.ini", "did you mean config/neutron/ml2_conf.ini?"),
        ("global.cnf", "did you mean config/global.conf?"),
        ("nova/node2/nova.conf", "there is no node node2; for node1 it is config/nova/node1/nova.conf"),
        ("mariadb/nodee1/galera.cnf", "for node1 it is config/mariadb/node1/galera.cnf"),
        ("README.txt", "nothing reads it"),
    ],
)
def test_a_file_that_nothing_reads_is_named_with_the_nearest(name: str, words: str) -> None:
    found = said({name: "anything, for nobody looks at it"})
    assert list(found) == [f"config/{name}"]
    assert words in found[f"config/{name}"]


def test_nothing_like_it_is_offered_for_nothing_like_it() -> None:
    assert "did you mean" not in said({"cinder/cinder.conf": ""})["config/cinder/cinder.conf"]


def test_files_of_a_service_that_is_off() -> None:
    found = said({"octavia.conf": "[DEFAULT]\n"}, "enable_octavia: no\n")
    assert found == {"config/octavia.conf": "it has no effect: octavia is off (enable_octavia: no)"}


def test_a_line_that_is_overridden_everywhere_is_named_with_the_one_that_goes_first() -> None:
    overrides = {
        "nova.conf": "[DEFAULT]\nmy_ip = 1\nrpc_response_timeout = 1\n",
        "nova/node1/nova.conf": "[DEFAULT]\nmy_ip = 2\n",
        "nova/nova-api.conf": "[DEFAULT]\nrpc_response_timeout = 2\n",
    }
    # The time is overridden for one container; the others have it.
    assert said(overrides) == {
        "config/nova.conf:2": "[DEFAULT] my_ip has no effect: config/nova/node1/nova.conf:2 overrides it"
    }


def test_a_file_that_another_replaces() -> None:
    overrides = {"rabbitmq/rabbitmq.conf": "a = 1\n", "rabbitmq/node1/rabbitmq.conf": "a = 2\n"}
    assert said(overrides) == {
        "config/rabbitmq/rabbitmq.conf": "it has no effect: config/rabbitmq/node1/rabbitmq.conf is used"
    }


def test_options_that_the_release_does_not_know() -> None:
    body = "[DEFAULT]\nmy_ipp = 1\nvirt_type = kvm\n[libvirtt]\ncpu_mode = none\n[none_such]\nat_all = 1\n"
    found = said({"nova.conf": body})
    assert found == {
        "config/nova.conf:2": "[DEFAULT] my_ipp has no effect: nova does not know it; did you mean [DEFAULT] my_ip?",
        "config/nova.conf:3": "[DEFAULT] virt_type has no effect: nova does not know it; "
        "did you mean [libvirt] virt_type?",
        "config/nova.conf:5": "[libvirtt] cpu_mode has no effect: nova does not know it; "
        "did you mean [libvirt] cpu_mode?",
        "config/nova.conf:7": "[none_such] at_all has no effect: nova does not know it",
    }


def test_for_all_services_an_option_is_unknown_when_none_knows_it() -> None:
    found = said({"global.conf": "[libvirt]\ncpu_mode = none\n"})
    assert found == {}


def test_sections_that_are_named_by_the_user_may_hold_anything() -> None:
    known = KNOWN["glance"]
    given = "[DEFAULT]\nenabled_backends = fast:rbd, slow:file\n[fast]\nrbd_pool = a\n[flast]\nrbd_pool = a\n"
    keys = ("[fast] rbd_pool", "[flast] rbd_pool", "[made_by_fast] x")
    assert unknown(known, given, keys) == {"[flast] rbd_pool"}


def test_the_nearest_option() -> None:
    lists = [KNOWN["nova"]]
    assert nearest("[libvirt] virt_typ", lists) == "[libvirt] virt_type"
    assert nearest("[default] debug", lists) == "[DEFAULT] debug"
    assert nearest("[libvirtd] anything_at_all", lists) == "the section [libvirt]"
    assert nearest("[x] y", lists) == ""


def test_lists_are_asked_for_only_where_something_is_overridden() -> None:
    declared = services.load()
    assert option_lists(desired(), declared) == {}
    assert set(option_lists(desired({"nova.conf": "[DEFAULT]\nmy_ip = 1\n"}), declared)) == {"nova"}
    assert option_lists(desired({"galera.cnf": "[mariadbd]\nport = 1\n"}), declared) == {}
