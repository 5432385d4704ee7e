"""The lock, with real processes: it excludes, says who, and dies with its holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from skylift.execute import lock
from skylift.execute.lock import cloud_lock, holder
from skylift.model.problem import Problem

HOLD = """
import sys, time
from pathlib import Path
from skylift.execute.lock import cloud_lock
with cloud_lock("c", ("skylift", "up"), Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def other_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_and_told_who(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        with pytest.raises(Problem) as caught, cloud_lock("c", folder=tmp_path):
            pass
        assert caught.value.code == "locked"
        assert "`skylift up`" in caught.value.detail
        assert f"process {process.pid} on" in caught.value.detail
        assert " UTC" in caught.value.detail
        assert str(process.pid) in caught.value.fix
        seen = holder("c", tmp_path)
        assert seen is not None
        assert seen.pid == process.pid


def test_a_killed_holder_leaves_the_lock_free(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert (tmp_path / "c.lock").exists()
        assert holder("c", tmp_path) is None
        with cloud_lock("c", folder=tmp_path) as me:
            assert holder("c", tmp_path) == me


def test_other_clouds_are_not_locked(tmp_path: Path) -> None:
    with cloud_lock("one", folder=tmp_path), cloud_lock("two", folder=tmp_path):
        assert holder("one", tmp_path) is not None
        assert holder("three", tmp_path) is None


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    folder = tmp_path / "locks"
    with cloud_lock("c", folder=folder):
        assert folder.is_dir()
    assert not folder.exists()


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    with cloud_lock("../../etc/passwd", folder=tmp_path / "locks"):
        assert [path.parent for path in tmp_path.rglob("*.lock")] == [tmp_path / "locks"]


def test_a_torn_file_is_still_a_lock(tmp_path: Path) -> None:
    with other_process(tmp_path):
        (tmp_path / "c.lock").write_text('{"user": "ro')
        with pytest.raises(Problem, match="Another skylift"), cloud_lock("c", folder=tmp_path):
            pass


def test_a_file_in_the_way_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("")
    with pytest.raises(Problem) as caught, cloud_lock("c", folder=tmp_path / "locks"):
        pass
    assert caught.value.code == "lock-unwritable"


def test_many_at_once_never_hold_it_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads open the file separately, which flock treats like processes; the unlink makes this the hard case."""
    monkeypatch.setattr(lock, "PATIENCE", 30)
    inside = 0
    most = 0
    turns = 0

    def work() -> None:
        nonlocal inside, most, turns
        for _ in range(8):
            with cloud_lock("c", folder=tmp_path / "locks"):
                inside += 1
                most = max(most, inside)
                turns += 1
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, turns) == (1, 32)
