"""The list of runs, and what each changed in a few words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.unit.history_runs import API, DB, FIRST, RECREATED, op, record

from skylift.app.history import history, operations
from skylift.model.plan import Operation


def phrases(planned: Sequence[Operation]) -> list[str]:
    return operations([one.as_dict() for one in planned])


def test_the_newest_run_comes_first_with_what_it_changed(tmp_path: Path) -> None:
    first = record(tmp_path, settings={"debug": "no"})
    second = record(tmp_path, "apply", start=1.8e9 + 60, operations=RECREATED, settings={"debug": "yes"})
    found = history(journal=tmp_path)
    assert [entry.run.id for entry in found.entries] == [second.id, first.id]
    assert [entry.changes for entry in found.entries] == [
        ("globals.yml: debug", "nova: 1 recreated"),
        ("mariadb: 1 created", "nova: 1 created", "1 job"),
    ]
    assert found.total == 2
    document = json.loads(json.dumps(found.as_dict()))
    assert document["runs"][0]["changes"] == ["globals.yml: debug", "nova: 1 recreated"]
    assert document["runs"][0]["outcome"] == "ok"


def test_the_list_is_limited_and_of_one_cloud(tmp_path: Path) -> None:
    for number in range(4):
        record(tmp_path, start=1.8e9 + number, cloud="ab"[number % 2])
    found = history("a", 1, tmp_path)
    assert ([entry.run.started for entry in found.entries], found.total, found.clouds) == ([1.8e9 + 2], 2, ("a", "b"))
    assert history("c", journal=tmp_path).entries == ()


def test_a_run_is_compared_with_the_one_before_of_its_own_cloud(tmp_path: Path) -> None:
    record(tmp_path, settings={"debug": "yes"}, cloud="mine")
    record(tmp_path, start=1.8e9 + 1, cloud="other")
    record(tmp_path, start=1.8e9 + 2, settings={"debug": "yes"}, cloud="mine", operations=())
    assert history("mine", 1, tmp_path).entries[0].changes == ("nothing to do",)


def test_changed_files_are_named_or_counted(tmp_path: Path) -> None:
    config = tmp_path / "etc"
    (config / "config").mkdir(parents=True)
    record(tmp_path, config=config, operations=())
    (config / "config" / "nova.conf").write_text("[DEFAULT]\n")
    record(tmp_path, start=1.8e9 + 1, config=config, operations=())
    (config / "config" / "nova.conf").write_text("[DEFAULT]\ndebug = true\n")
    (config / "config" / "glance.conf").write_text("[DEFAULT]\n")
    settings = {"a": "1", "b": "2"}
    record(tmp_path, start=1.8e9 + 2, config=config, settings=settings, operations=RECREATED)
    assert [entry.changes for entry in history(journal=tmp_path).entries] == [
        ("globals.yml: 2 keys", "2 override files", "nova: 1 recreated"),
        ("config/nova.conf",),
        ("nothing to do",),
    ]


def test_a_run_that_did_not_end_well_tells_what_was_planned(tmp_path: Path) -> None:
    record(tmp_path, end="failed", failing=f"container.ready:{DB}")
    record(tmp_path, start=1.8e9 + 1, end="", operations=RECREATED)
    record(tmp_path, start=1.8e9 + 2, end="failed", operations=())
    assert [(entry.run.outcome, entry.changes) for entry in history(journal=tmp_path).entries] == [
        ("failed", ()),
        ("cut-off", ("planned: nova: 1 recreated",)),
        ("failed", ("planned: mariadb: 1 created", "nova: 1 created", "1 job")),
    ]


def test_proofs_are_counted(tmp_path: Path) -> None:
    proofs = tuple(op("proof", name) for name in ("token", "guests"))
    for number, failing in enumerate(("", "proof:guests")):
        record(tmp_path, "verify", start=1.8e9 + number, operations=proofs, failing=failing)
    assert [entry.changes for entry in history(journal=tmp_path).entries] == [
        ("1 of 2 proofs failed",),
        ("2 proofs held",),
    ]


@pytest.mark.parametrize(
    ("planned", "said"),
    [
        (FIRST, ["mariadb: 1 created", "nova: 1 created", "1 job"]),
        ((op("container.stop", API, "nova"), op("container.start", API, "nova")), ["nova: 1 restarted"]),
        ((op("container.reload", API, "haproxy"),), ["haproxy: 1 reloaded"]),
        ((op("container.ready", API, "nova", cause="others wait for it"),), []),
        ((op("container.remove", API), op("container.remove", DB), op("network.remove", "n")),
         ["2 containers removed", "1 network removed"]),
        ((op("role.ensure", "r"), op("account.ensure", "a"), op("endpoint.ensure", "e")), ["3 catalogue entries"]),
        (tuple(op("container.create", f"c-node1-{n}", f"s{n}") for n in range(4)), ["4 containers created"]),
        ((), []),
    ],
)  # fmt: skip
def test_a_plan_in_a_few_words(planned: Sequence[Operation], said: list[str]) -> None:
    assert phrases(planned) == said


def test_an_empty_journal_has_no_runs(tmp_path: Path) -> None:
    found = history(journal=tmp_path)
    assert (found.entries, found.total, found.clouds) == ((), 0, ())
