"""The faults are well described; a finding is judged by where it names the cause; the table counts what it should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bench.faults import doctor, table
from bench.faults.fault import Fault, container, names
from bench.faults.known import WRITTEN, faults
from bench.faults.run import Entry
from bench.faults.session import Results
from bench.steady import Load, Request, gap

from skylift.services import load

SHORTS = [one.name for service in load() for one in service.containers]
ALL = [fault for group in faults([*SHORTS, "node1"]).values() for fault in group]


def test_names_are_unique_and_at_least_forty_five_faults_are_written_one_by_one() -> None:
    assert len({fault.name for fault in ALL}) == len(ALL)
    assert sum(map(len, WRITTEN.values())) >= 45


def test_every_container_of_every_service_is_killed_stopped_and_paused() -> None:
    known = {fault.name for fault in ALL}
    assert {f"{how}-{short}" for how in ("killed", "stopped", "paused") for short in SHORTS} <= known


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name)
def test_a_fault_says_what_names_it_and_how_it_goes_away(fault: Fault) -> None:
    assert fault.expected
    assert all(re.compile(pattern) for pattern in fault.expected)
    assert fault.heals or fault.applies or fault.undo is not None
    # No finding that says nothing names it.
    assert not names({"code": "", "summary": "Something is wrong"}, fault.expected)


def test_the_evidence_and_the_fix_do_not_name_the_cause() -> None:
    finding = {"code": "a", "summary": "b", "cause": "", "evidence": "mariadb was stopped", "fix": "start mariadb"}
    assert not names(finding, (container("mariadb"), "stopp"))
    assert names({**finding, "cause": "MariaDB was stopped"}, (container("mariadb"), "stopp"))


def test_a_name_is_not_found_in_a_longer_one() -> None:
    keystone = container("keystone")
    assert re.search(keystone, "skylift-node1-keystone is stopped")
    assert not re.search(keystone, "skylift-node1-keystone_fernet is stopped")
    assert not re.search(container("api"), "nova_api")
    assert re.search(container("nova_api"), "container nova-api")


def test_findings_come_as_a_list_or_in_a_document() -> None:
    assert doctor.findings([{"code": "a"}]) == ({"code": "a"},)
    assert doctor.findings({"findings": [{"code": "a"}]}) == ({"code": "a"},)
    assert doctor.findings([]) == ()


def _entry(name: str, **fields: object) -> dict[str, object]:
    return {**Entry(name, "kind").as_dict(), **fields}


def test_the_share_counts_those_that_healed_and_those_that_were_named() -> None:
    entries = [
        _entry("a", healed=2.0),
        _entry("b", named=True, first={"code": "x"}),
        _entry("c", named=False, first={"code": "y"}),
        _entry("d", error="could not be put in: Failed"),
    ]
    assert table.share(entries) == "3 faults: 1 healed by themselves, 1 of 2 others named: 66.7 %"
    assert "| c |  | NO | y |" in table.table(entries)


def test_a_finding_on_the_healthy_cloud_is_told() -> None:
    runs = [{"seconds": 1.0, "findings": [], "error": ""}, {"seconds": 3.0, "findings": ["disk"], "error": ""}]
    assert table.healthy(runs) == "healthy cloud, 2 runs: 2.0 s in the middle, 3.0 s at worst, 1 findings: disk"
    assert table.healthy(runs[:1]).endswith("no finding")


def test_results_go_on_where_they_were(tmp_path: Path) -> None:
    results = Results(tmp_path / "found.json", "faults")
    results.entries["a"] = {"healed": 1.0}
    results.healthy.append({"seconds": 1.0})
    results.write()
    again = Results(tmp_path / "found.json", "faults")
    assert again.entries == {"a": {"healed": 1.0}}
    assert again.healthy == [{"seconds": 1.0}]


def test_the_gap_is_the_time_between_answers_around_failures() -> None:
    answers = [
        Request(0.0, 0.1),
        Request(1.0, 1.1, "503"),
        Request(2.0, 2.5, "503"),
        Request(3.0, 3.2),
        Request(9, 9.1),
    ]
    assert gap(answers, 0.0) == pytest.approx(3.1)
    assert gap(answers, 3.0) == 0.0
    assert gap([Request(5.0, 6.0, "refused"), Request(7.0, 8.0, "refused")], 4.0) == pytest.approx(4.0)
    load = Load({"compute": answers})
    assert load.lost("compute", 0.0) == 2
    assert load.lost("compute", 1.5) == 1
