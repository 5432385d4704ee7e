"""Plans, proofs, problems, summaries and what ``down`` takes away, as text."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from skylift.app.down import Leaving
from skylift.cli.views import down, plan, problems, proofs, summary, words
from skylift.model.holding import Holding
from skylift.model.plan import Operation, Plan
from skylift.model.problem import Problem, Problems
from skylift.model.proof import ProofResult, Report


def shown(show: Callable[[Console], object]) -> list[str]:
    stream = io.StringIO()
    show(Console(file=stream, width=200, highlight=False, color_system=None))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def operation(action: str, target: str, cause: str, service: str) -> Operation:
    return Operation(f"{action}:{target}", action, target, cause, service)


def test_a_plan_is_grouped_by_service_with_signs_and_causes() -> None:
    api, old, db = "skylift-node1-nova_api", "skylift-node1-nova_old", "skylift-node1-mariadb"
    made = Plan(
        "skylift",
        (
            operation("volume.create", "skylift-node1-mariadb", "it is not there", "node"),
            operation("container.create", db, "it is not there", "mariadb"),
            operation("container.start", db, "it is not there", "mariadb"),
            operation("container.ready", db, "it is not there", "mariadb"),
            operation("container.remove", api, "nova.conf changed", "nova"),
            operation("container.create", api, "nova.conf changed", "nova"),
            operation("container.start", api, "nova.conf changed", "nova"),
            operation("container.stop", "skylift-node2-nova_api", "its health check fails", "nova"),
            operation("container.start", "skylift-node2-nova_api", "its health check fails", "nova"),
            operation("container.remove", old, "nothing in the settings asks for it", "nova"),
            operation("endpoint.ensure", "glance", "it is not there", "glance"),
            operation(
                "resource.ensure", "subnet/demo", "gateway_ip is 10.0.0.1, not 10.0.0.2 (globals.yml:4)", "subnet"
            ),
            operation("container.ready", "skylift-node1-rabbitmq", "others wait for it", "rabbitmq"),
        ),
    )
    assert shown(lambda console: plan.show(console, made)) == [
        "volumes",
        "  + volume    mariadb                       it is not there",
        "mariadb",
        "  + container mariadb                       it is not there",
        "nova",
        "  ~ container nova_api                      nova.conf changed",
        "  ↻ container nova_api@node2                its health check fails",
        "  - container nova_old                      nothing in the settings asks for it",
        "catalogue",
        "  + endpoint  glance                        it is not there",
        "resources",
        "  ~ resource  subnet/demo                   gateway_ip is 10.0.0.1, not 10.0.0.2 (globals.yml:4)",
        "",
        "3 to create, 2 to change, 1 to restart, 1 to remove (13 operations)",
    ]


def test_an_empty_plan_says_so() -> None:
    assert shown(lambda console: plan.show(console, Plan("skylift"))) == [
        "Nothing to do: the cloud is as the settings say."
    ]


def test_proofs_are_a_line_each_and_the_verdict_names_the_address() -> None:
    report = Report(
        "http://172.24.4.9", (ProofResult("token", True, 0.31), ProofResult("ping", True, 11.0, "2 guests"))
    )
    assert shown(lambda console: proofs.show(console, report)) == [
        "  ✓ token                                        0.3 s",
        "  ✓ ping                                          11 s  2 guests",
        "All 2 proofs hold in 11 s; http://172.24.4.9 answers",
    ]


def test_the_verdict_names_failed_proofs() -> None:
    report = Report(None, (ProofResult("token", True, 0.3), ProofResult("ping", False, 60.0, "no answer")))
    assert shown(lambda console: proofs.show(console, report))[1:] == [
        "  ✗ ping                                          60 s  no answer",
        "1 of 2 proofs failed: ping",
    ]
    assert shown(lambda console: proofs.show(console, Report(None, ()))) == ["No proof was tried"]


def test_a_failed_proof_is_told_in_full_at_the_end() -> None:
    report = Report(None, (ProofResult("token", True, 0.3), ProofResult("ping", False, 60.0, "no answer\nlast line")))
    assert shown(lambda console: proofs.show_failures(console, report)) == [
        "✗ ping",
        "  no answer",
        "  last line",
        "1 of 2 proofs failed: ping",
    ]


def test_a_problem_shows_where_the_evidence_and_the_fix() -> None:
    several = Problems(
        (
            Problem(
                "key-unknown", "A key is unknown", "enable_novaa\nnearest: enable_nova", "Rename it.", "globals.yml:2"
            ),
            Problem("engine-missing", "No engine"),
        )
    )
    assert shown(lambda console: problems.show(console, several)) == [
        "✗ A key is unknown",
        "  where  globals.yml:2",
        "  enable_novaa",
        "  nearest: enable_nova",
        "  fix    Rename it.",
        "✗ No engine",
    ]


def test_brackets_in_a_problem_are_text_not_markup() -> None:
    assert shown(lambda console: problems.show(console, Problem("x", "Section [database] is odd", "[red]"))) == [
        "✗ Section [database] is odd",
        "  [red]",
    ]


def test_the_summary_names_endpoints_credentials_time_and_the_address() -> None:
    report = Report("http://172.24.4.9", (ProofResult("token", True, 0.3),))
    lines = shown(
        lambda console: summary.show(
            console,
            changed=1,
            endpoints={"image": "http://10.0.0.2:9292", "compute": "http://10.0.0.2:8774/v2.1"},
            credentials=Path("/etc/skylift/clouds.yaml"),
            phases={"checks": 0.01, "images": 0.4, "apply": 61.0},
            report=report,
        )
    )
    assert lines == [
        "",
        "The cloud is up: 1 operation carried out.",
        "  compute          http://10.0.0.2:8774/v2.1",
        "  image            http://10.0.0.2:9292",
        "  credentials      /etc/skylift/clouds.yaml   (skylift env)",
        "  time             61 s: images 0.4 s · apply 61 s",
        "  answered         http://172.24.4.9",
        "  next             skylift openstack server list · skylift status",
    ]


def test_down_names_what_users_lose() -> None:
    leaving = Leaving((Holding("guest", "web", "demo", "ACTIVE"),), 31, ())
    assert [line.plain for line in down.leaving_lines(leaving)] == [
        "This removes",
        "  guest        web  (demo, ACTIVE)",
        "  31 containers with their networks",
        "  all data: databases, images, disks of guests",
    ]


def test_down_says_what_is_kept_and_what_could_not_be_listed() -> None:
    leaving = Leaving((), 1, ("skylift-node1-mariadb",), "keystone does not run")
    assert [line.plain for line in down.leaving_lines(leaving)] == [
        "This removes",
        "  guests and volumes that could not be listed: keystone does not run",
        "  1 container with their networks",
        "and keeps 1 engine volume with data",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (99.4, "99 s"), (185, "3 min 05 s"), (3599.6, "1 h 00 min")],
)
def test_seconds(value: float, text: str) -> None:
    assert words.seconds(value) == text


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("skylift-node1-nova_api", "nova_api"),
        ("my-lab-node2-nova_api", "nova_api@node2"),
        ("skylift-node1", "node1"),
        ("network/public1", "network/public1"),
    ],
)
def test_short_names(target: str, text: str) -> None:
    assert words.short(target) == text


def test_other_words() -> None:
    assert [words.age(value) for value in (5, 300, 7200, 200000)] == ["5 s", "5 min", "2 h", "2 days"]
    assert [words.size(value) for value in (512, 2_000, 3_500_000, 1_250_000_000)] == [
        "512 B",
        "2 kB",
        "4 MB",
        "1.2 GB",
    ]
    assert words.some(["a", "b", "c", "d"]) == "a, b, c and 1 more"
