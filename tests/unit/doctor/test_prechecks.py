"""The checks before a change: silent on a good machine, and each names its own trouble with a fix."""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from tests.unit.doctor.machines import GOOD, LEFT, NAMED, NETWORKS, OURS, deployed, hosted, on
from tests.unit.doctor.troubles import BAD

from skylift.doctor.prechecks import Context, discover, find, find_problems, run_prechecks
from skylift.doctor.prechecks.clock import earliest
from skylift.doctor.prechecks.context import GIB
from skylift.doctor.prechecks.engine import version
from skylift.doctor.prechecks.ports import ANY
from skylift.doctor.prechecks.reference import page
from skylift.model.host import EngineFacts, EngineObject, HostFacts, Listener, TakenRange
from skylift.model.problem import Problem, Problems

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("case", BAD)
def test_each_trouble_is_named_alone_and_with_a_fix(case: str) -> None:
    context, code, said = BAD[case]
    problems = find_problems(context)
    assert [problem.code for problem in problems] == [code]
    assert said in problems[0].detail
    assert problems[0].fix
    with pytest.raises(Problem) as caught:
        run_prechecks(context)
    assert caught.value is problems[0] or caught.value.code == code


def test_a_good_machine_passes_at_once() -> None:
    discover()
    begin = time.perf_counter()
    run_prechecks(GOOD)
    assert time.perf_counter() - begin < 0.1


def test_every_check_is_found_and_has_a_case() -> None:
    checks = discover()
    assert {"architecture", "clock", "disk", "memory", "subnets", "leftovers", "foreign_names"} <= set(checks)
    for name, check in checks.items():
        assert any(check.check(context) is not None for context, _, _ in BAD.values()), f"no case for {name}"
        assert check.looked(GOOD), f"{name} says nothing of what it looked at"


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(Problems) as caught:
        run_prechecks(on(memory_available=GIB, disk_free=GIB, clock=1.0))
    assert [problem.code for problem in caught.value.problems] == ["clock-behind", "disk-full", "memory-short"]
    assert "Set the clock" in str(caught.value)


def test_what_could_not_be_found_out_passes() -> None:
    unknown = HostFacts(clock=GOOD.host.clock)
    assert find_problems(replace(GOOD, host=unknown)) == ()


def test_a_cloud_that_is_up_is_not_in_its_own_way() -> None:
    assert find_problems(replace(deployed(), images_present=True)) == ()


def test_half_a_cloud_needs_half() -> None:
    context = replace(deployed(), images_present=True)
    host = replace(context.host, objects=context.host.objects[:-2])
    half = replace(context, host=host)
    assert half.missing_share == 0.5
    assert [problem.code for problem in find_problems(half)] == ["disk-full", "memory-short"]
    assert "about 0.5 GiB" in find_problems(half)[0].detail


def test_images_that_are_built_need_more_than_pulled_or_present_ones() -> None:
    def refused(free: int, **more: Any) -> bool:
        return bool(find_problems(replace(on(disk_free=free * GIB), **more)))

    assert not refused(5)
    assert refused(4)
    assert not refused(4, build_images=False)
    assert refused(3, build_images=False)
    assert not refused(1, images_present=True)


@pytest.mark.parametrize(
    ("release", "date"),
    [("2026.2", "2026-09-01"), ("2026.1", "2026-03-01"), ("master", None), ("2026.3", None)],
)
def test_the_clock_is_measured_by_the_release(release: str, date: str | None) -> None:
    found = earliest(release)
    assert (found.date().isoformat() if found else None) == date


def test_versions_are_numbers() -> None:
    assert version("1.9") < version("1.41")
    assert version("") == version("x.y") == ()


def told(context: Context) -> dict[str, Problem]:
    """Return the warnings by code; nothing may be refused."""
    run_prechecks(context)
    return {one.code: one for finding in find(context) for one in finding.warnings}


def test_a_good_machine_is_told_nothing_and_every_check_says_what_it_saw() -> None:
    findings = find(GOOD)
    assert [finding.state for finding in findings] == ["ok"] * len(discover())
    looked = {finding.name: finding.looked for finding in findings}
    assert looked["memory"] == "20.0 GiB of 24.0 GiB available, 4.5 GiB needed"
    assert looked["disk"] == "/var/lib/docker: 50.0 GiB free, 5.0 GiB needed"
    assert looked["clock"].startswith("2026-11-24 00:00 UTC, the engine's 0.1 s apart, not synchronised")
    assert "way out is eth0" in looked["interfaces"]
    assert looked["kvm"] == "guests are emulated: /dev/kvm opens, but nothing booted"
    assert looked["kernel"] == "kernel 6.1.0: network namespaces, bridges, tun"
    assert looked["kernel needs"] == "the settings need nothing more of the kernel"
    assert looked["storage"] == "Ceph is off: no disk is touched"


def test_what_others_left_is_named_one_by_one_and_disturbs_no_contained_node() -> None:
    found = told(on(**LEFT))["leftovers-of-others"]
    assert found.detail.splitlines() == [*NAMED, "Contained nodes are not disturbed by them."]
    assert found.fix.splitlines() == [
        "If nothing needs them any more:",
        "docker rm -f nova_api",
        "docker rm -f keystone",
        "docker volume rm kolla_logs",
        "ovs-vsctl --if-exists del-br br-int",
        "ip link delete tap1a2b3c4d-5e",
        "ip link delete qvo1a2b3c4d-5e",
        "ip link delete sk-bbbbbbbbe",
        "ip netns delete qdhcp-1",
        "ip netns delete qrouter-1",
        "iptables-save | grep -vE 'neutron-|nova-|octavia-' | iptables-restore",
    ]


def test_a_hundred_leftovers_are_cut_short() -> None:
    found = told(on(namespaces_named=tuple(f"qrouter-{number:03}" for number in range(100))))["leftovers-of-others"]
    assert found.detail.splitlines()[-2:] == ["and 60 more", "Contained nodes are not disturbed by them."]


def test_a_cloud_of_skylift_itself_is_no_leftover() -> None:
    ours = EngineObject("container", "x", {"io.skylift.cloud": "other", "kolla_version": "1"}, image="kolla/x")
    volume = EngineObject("volume", "kolla_logs", {"io.skylift.cloud": "other"})
    assert told(on(objects=(ours, volume))) == {}


def test_ranges_that_hide_something_are_told() -> None:
    vpn = TakenRange(IPv4Network("10.0.0.0/8"), "route through tun0")
    later = TakenRange(NETWORKS[1].subnet, "route through tun0")
    there = EngineObject("network", NETWORKS[1].name, OURS)
    found = told(on(taken=(vpn, later), objects=(there,)))["subnet-hidden"]
    assert found.detail.splitlines() == [
        f"the external network {NETWORKS[1].subnet} cannot reach {later.network} (route through tun0)",
        "guests on 10.0.0.0/24 (DEMO_NET_CIDR) cannot reach 10.0.0.0/8 (route through tun0)",
    ]


def test_doubtful_versions_are_told_and_a_distributions_own_are_not_refused() -> None:
    def engine(version: str, runc: str = "1.1.5") -> Context:
        return on(engine=replace(GOOD.host.engine, version=version, parts={"runc": runc}))

    assert set(told(engine("20.10.5+dfsg1"))) == set(told(engine("28.0.1"))) == {"version-doubtful"}
    assert "runc 1.1.3" in told(engine("27.5.1", "1.1.3"))["version-doubtful"].detail
    assert told(engine("28.0.2", "1.1.4")) == told(engine("20.10.10")) == told(engine("")) == {}
    podman = replace(GOOD.host.engine, name="Podman", version="20.10.7")
    assert told(on(engine=podman)) == {}


def test_a_clock_that_nobody_keeps_matters_on_hosts_only() -> None:
    assert set(told(hosted(synchronised=False))) == {"clock-unsynchronised"}
    assert told(hosted()) == told(hosted(synchronised=None)) == {}


def test_ports_of_the_cloud_itself_are_no_strangers() -> None:
    context = hosted(listening=(Listener(ANY, 80),), objects=(EngineObject("container", "x", OURS),))
    assert find_problems(context) == ()


def test_images_of_a_registry_are_all_reported() -> None:
    missing = tuple(Problem("image-tag-missing", "An image is not there", name) for name in ("a", "b"))
    assert find_problems(replace(GOOD, images=missing)) == missing
    assert [one.looked for one in find(replace(GOOD, registry="r:5000")) if one.name == "images"] == [
        "29 images, each of them found in r:5000"
    ]


def test_what_could_not_be_found_out_is_said_to_be_unknown() -> None:
    unknown = replace(GOOD, host=HostFacts(engine=EngineFacts("Docker", "20.10.24", "1.41")))
    looked = {finding.name: finding.looked for finding in find(unknown)}
    assert looked["memory"] == "not known"
    assert looked["disk"].endswith("not known")
    assert looked["kvm"].startswith("not tried")
    assert "bridges (not tried)" in looked["kernel"]
    assert "not known to this user" in looked["forwarding"]


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/prechecks.md").read_text() == page(), "run python scripts/gen_prechecks.py"
    for name in discover():
        assert f"| {name.replace('_', ' ')} |" in page()
