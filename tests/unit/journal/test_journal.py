"""The journal: what is written is read back, cut off anywhere, without a secret."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skylift.journal.prune import NEVER_BELOW, prune
from skylift.journal.reader import find_run, list_runs, read_run
from skylift.journal.writer import Journal
from skylift.model.event import Notice, RunStarted, StepFinished, StepProgress, StepStarted
from skylift.model.plan import Operation, Plan
from skylift.model.problem import Problem, Problems

PASSWORD = 'aX"\\é{}9'


def mask(text: str) -> str:
    return text.replace(PASSWORD, "***")


def start(folder: Path, verb: str = "up", cloud: str = "skylift", **more: Any) -> Journal:
    return Journal(verb, cloud=cloud, release="2026.2", version="0.1", mask=mask, journal=folder, **more)


def test_a_run_is_read_back_whole(tmp_path: Path) -> None:
    seconds = iter((100.0, 100.5, 101.25, 104.0))
    journal = start(tmp_path, command=("skylift", "up", "--yes"), clock=lambda: 1.8e9, ticks=lambda: next(seconds))
    journal(StepStarted("op-1", "container.create", "nova_api", "new"))
    journal(StepFinished("op-1", "failed", 0.7, problem={"code": "container-exited"}))
    journal.plan(Plan("skylift", (Operation("op-1", "container.create", "nova_api", "new"),)), "+ nova_api: new")
    journal.settings("openstack_release: 2026.2\n")
    journal.finish("failed", Problem("container-exited", "A container exited", "nova_api", "skylift logs nova"))

    record = read_run("last", tmp_path)
    assert record.summary.id == journal.id
    assert record.summary.folder.name == f"20270115T080000Z-up-{journal.id}"
    assert record.summary.command == ("skylift", "up", "--yes")
    assert (record.summary.outcome, record.summary.seconds) == ("failed", 4.0)
    assert record.summary.counts == {"failed": 1}
    assert record.summary.problem is not None
    assert record.summary.problem["fix"] == "skylift logs nova"
    assert [(event.offset, event.wall, event.kind) for event in record.events] == [
        (0.5, 1.8e9, "step-started"),
        (1.25, 1.8e9, "step-finished"),
    ]
    assert record.events[1].fields["problem"] == {"code": "container-exited"}
    assert record.plan is not None
    assert record.plan["operations"][0]["cause"] == "new"
    assert record.plan_text == "+ nova_api: new"
    assert record.settings == "openstack_release: 2026.2\n"
    assert json.loads(json.dumps(record.as_dict()))["events"][0]["t"] == 0.5


def test_no_file_holds_a_password_and_all_are_private(tmp_path: Path) -> None:
    journal = start(tmp_path, command=("skylift", "--token", PASSWORD))
    journal(Notice(f"connected with {PASSWORD}"))
    journal.plan(Plan("skylift", (Operation("a", "job.run", "x", f"because {PASSWORD}"),)), f"text {PASSWORD}")
    journal.settings(f"key: {PASSWORD}\n")
    journal.finish("failed", Problems((Problem("a", "s", PASSWORD), Problem("b", "t", PASSWORD))))
    encoded = json.dumps(PASSWORD)[1:-1]
    files = [path for path in journal.folder.iterdir() if path.is_file()]
    assert len(files) == 6
    for path in files:
        text = path.read_text()
        assert "***" in text
        assert PASSWORD not in text
        assert encoded not in text
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=5), cut=st.integers(0, 400))
def test_a_log_cut_off_anywhere_loses_at_most_its_last_line(tmp_path: Path, texts: list[str], cut: int) -> None:
    journal = start(tmp_path)
    for text in texts:
        journal(Notice(text))
    events = journal.folder / "events.jsonl"
    whole = events.read_bytes()
    kept = whole[: max(0, len(whole) - cut)]
    events.write_bytes(kept)
    record = read_run(journal.id, tmp_path)
    assert [event.fields["text"] for event in record.events[: kept.count(b"\n")]] == texts[: kept.count(b"\n")]
    assert record.torn <= 1
    journal.finish("ok")


def test_a_killed_run_reads_as_cut_off_and_a_living_one_as_running(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from skylift.journal.writer import Journal\n"
        "from skylift.model.event import Notice\n"
        "j = Journal('up', cloud='c', release='r', version='v', mask=str, journal=Path(sys.argv[1]))\n"
        "j(Notice('hello')); print('written', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        assert list_runs(tmp_path)[0].outcome == "running"
        os.kill(process.pid, signal.SIGKILL)
    record = read_run("last", tmp_path)
    assert record.summary.outcome == "cut-off"
    assert record.events[0].fields["text"] == "hello"


@pytest.mark.parametrize(
    ("raised", "outcome", "code"),
    [
        (None, "ok", None),
        (Problem("locked", "s"), "failed", "locked"),
        (ValueError("odd"), "failed", "bug"),
        (KeyboardInterrupt(), "interrupted", None),
    ],
)
def test_what_is_raised_decides_the_outcome(
    tmp_path: Path, raised: BaseException | None, outcome: str, code: str | None
) -> None:
    try:
        with start(tmp_path):
            if raised is not None:
                raise raised
    except BaseException as error:
        assert error is raised
    summary = list_runs(tmp_path)[0]
    assert summary.outcome == outcome
    assert (summary.problem or {}).get("code") == code


def test_an_unwritable_journal_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file in the way")
    journal = start(tmp_path)
    journal(Notice("x"))
    journal.plan(Plan("skylift"))
    journal.finish("ok")
    assert "runs" in journal.trouble


def test_a_folder_that_vanishes_stops_nothing(tmp_path: Path) -> None:
    journal = start(tmp_path)
    for path in journal.folder.iterdir():
        path.unlink()
    journal.folder.rmdir()
    journal(Notice("x"))
    journal.finish("ok")
    assert journal.trouble


def test_events_from_threads_stay_whole(tmp_path: Path) -> None:
    journal = start(tmp_path)

    def work() -> None:
        for number in range(50):
            journal(StepProgress(f"s{number}", "x" * 500))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.finish("ok")
    record = read_run("last", tmp_path)
    assert (len(record.events), record.torn) == (200, 0)


def test_runs_are_found_by_id_prefix_name_and_place(tmp_path: Path) -> None:
    first = start(tmp_path, clock=lambda: 1.8e9)
    second = start(tmp_path, verb="down", cloud="other", clock=lambda: 1.8e9 + 5)
    assert [run.id for run in list_runs(tmp_path)] == [second.id, first.id]
    assert [run.id for run in list_runs(tmp_path, "skylift")] == [first.id]
    assert find_run("last", tmp_path).id == second.id
    assert find_run("last-1", tmp_path).id == first.id
    assert find_run(first.id, tmp_path).verb == "up"
    assert find_run(first.folder.name, tmp_path).id == first.id
    for journal in (first, second):
        journal.finish("ok")


def test_an_unknown_run_is_a_problem_that_names_some(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        find_run("last", tmp_path)
    assert caught.value.code == "journal-empty"
    journal = start(tmp_path)
    with pytest.raises(Problem) as caught:
        find_run("zzzz", tmp_path)
    assert journal.id in caught.value.detail
    with pytest.raises(Problem, match="no such run"):
        find_run("last-5", tmp_path)
    journal.finish("ok")


def test_an_ambiguous_run_is_a_problem(tmp_path: Path) -> None:
    for ending in ("aa", "ab"):
        folder = tmp_path / "runs" / f"20270115T080000Z-up-{ending}"
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps({"id": ending}))
    with pytest.raises(Problem) as caught:
        find_run("a", tmp_path)
    assert caught.value.code == "run-ambiguous"


def test_foreign_and_half_made_folders_are_passed_over(tmp_path: Path) -> None:
    for name in ("notes", "20270115T080000Z-up-aa", "20270116T080000Z-up-bb"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    (tmp_path / "runs" / "20270116T080000Z-up-bb" / "run.json").write_text("{half")
    assert list_runs(tmp_path) == ()


def test_old_runs_are_forgotten_by_number_and_age(tmp_path: Path) -> None:
    names = [f"2026{month:02}01T000000Z-up-{month:02}" for month in range(1, 13)]
    for name in (*names, "notes", "20260101-x"):
        (tmp_path / name).mkdir()
    now = 1.8e9  # 2027-01-15
    assert prune(tmp_path, now, keep=100, days=400) == ()
    gone = prune(tmp_path, now, keep=100, days=30)
    assert {path.name for path in gone} == set(names[: 12 - NEVER_BELOW])
    gone = prune(tmp_path, now, keep=3, days=400)
    assert {path.name for path in tmp_path.iterdir()} == {*names[-3:], "notes", "20260101-x"}


def test_the_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKYLIFT_STATE", str(tmp_path / "state"))
    journal = Journal("up", cloud="c", release="r", version="v", mask=str)
    journal(RunStarted(journal.id, "up", "c"))
    journal.finish("ok")
    assert journal.folder.parent == tmp_path / "state" / "runs"
    assert read_run("last").events[0].fields["run"] == journal.id
