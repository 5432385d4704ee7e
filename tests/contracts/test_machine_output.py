"""docs/machine-output.md tells what the code writes."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from skylift.app.bundle import Bundle, Section
from skylift.app.bundle_archive import Filed
from skylift.app.status import ContainerLine, NodeLine, ServiceLine, Status
from skylift.images import Listed
from skylift.model.event import Event, RunResult, from_dict
from skylift.model.plan import Change, FileChange, Interruption, Operation, Outlook, Plan

PAGE = (Path(__file__).parents[2] / "docs/machine-output.md").read_text()


def test_every_kind_of_event_is_told_with_its_fields() -> None:
    rows = {row[0]: row[1] for row in re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", PAGE, re.MULTILINE)}
    for kind in {one.kind: one for one in Event.__subclasses__()}.values():
        if kind is RunResult:
            continue  # its fields are those of the command
        told = re.findall(r"`(\w+)`", rows[kind.kind])
        assert told == [one.name for one in fields(kind)], kind.kind


def test_every_field_of_a_status_is_told() -> None:
    for kind in (Status, NodeLine, ServiceLine, ContainerLine, Listed):
        for one in fields(kind):
            assert f'"{one.name}"' in PAGE, f"{kind.__name__}.{one.name}"


def test_every_field_of_a_report_is_told() -> None:
    made = Bundle(Path("a"), 1, "skylift", (Section("doctor", 1.0, (Filed("doctor.json", 1),)),)).as_dict()
    for part in (made, made["sections"][0], made["sections"][0]["files"][0]):
        for key in part:
            assert f'"{key}"' in PAGE, key


def test_every_field_of_a_plan_is_told() -> None:
    operation = Operation("id", "container.create", "nova_api", "why")
    change = Change("nova_api", "nova", "recreate", ("why",), diffs=(FileChange("nova.conf", ("+debug",)),))
    outlook = Outlook(1.0, 1.0, (Interruption("the compute API", "nova_api", 1.0),), ("guests",))
    plan = Plan("skylift", (operation,), (change,), outlook).as_dict()
    told = [plan, *plan["operations"], *plan["changes"], *plan["changes"][0]["files"], plan["outlook"]]
    for one in [*told, *plan["outlook"]["interruptions"]]:
        for key in one:
            assert f'"{key}"' in PAGE, key


def test_an_event_of_a_later_version_is_passed_over() -> None:
    assert from_dict({"kind": "something-new", "t": 1.0}) is None
