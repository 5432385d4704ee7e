"""The comparison that ``down`` is judged by must see what is left and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios import host_files, host_snapshot
from tests.scenarios.host_snapshot import compare, mounts, rule_lines

CACHES = host_files.NOISE[-1]
sections = st.dictionaries(st.sampled_from("abc"), st.lists(st.text("xyz", max_size=2), max_size=6))


@given(sections)
def test_a_host_does_not_differ_from_itself_in_any_order(before: dict[str, list[str]]) -> None:
    after = {name: lines[::-1] for name, lines in before.items()}
    assert compare(before, after) == []


@given(sections, st.sampled_from("abc"), st.text("xyz", max_size=2))
def test_one_line_more_is_seen_from_both_sides(before: dict[str, list[str]], section: str, line: str) -> None:
    after = before | {section: [*before.get(section, []), line]}
    assert compare(before, after) == [f"{section}: + {line}"]
    assert compare(after, before) == [f"{section}: - {line}"]


def test_rules_are_compared_without_counters_and_comments() -> None:
    first = "# Generated on Tuesday\n*nat\n:DOCKER - [0:0]\n[5:300] -A POSTROUTING -j MASQUERADE\nCOMMIT\n"
    second = "# Generated on Friday\n*nat\n:DOCKER - [9:9]\n[7:420] -A POSTROUTING -j MASQUERADE\nCOMMIT\n"
    assert rule_lines(first.splitlines()) == ["nat: :DOCKER -", "nat: -A POSTROUTING -j MASQUERADE"]
    assert rule_lines(first.splitlines()) == rule_lines(second.splitlines())
    assert rule_lines(["table ip nat {", " counter packets 5 bytes 9 masquerade", "}"]) == ["ip nat: masquerade"]


def test_mounts_are_compared_without_options() -> None:
    assert mounts("tmpfs /run tmpfs rw,size=5k 0 0\n\n") == ["tmpfs /run tmpfs"]


def test_a_file_left_behind_is_seen_and_noise_is_not(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/old").touch()
    (tmp_path / "link").symlink_to("/etc")
    before = {"files": list(host_files.files([str(tmp_path)], [CACHES]))}
    (tmp_path / "kept/new").touch()
    (tmp_path / "__pycache__").mkdir()
    after = {"files": list(host_files.files([str(tmp_path)], [CACHES]))}
    assert compare(before, after) == [f"files: + {tmp_path}/kept/new"]


def test_a_process_left_behind_is_seen_and_our_own_are_not() -> None:
    own = host_snapshot.own_processes()
    assert {os.getpid(), os.getppid()} <= own
    assert not any("test_host_snapshot" in line and "pytest" in line for line in host_snapshot.processes())
    # In a session of its own and orphaned, like a daemon.
    code = "import subprocess, sys; subprocess.Popen(['sleep', '54321'], start_new_session=True, stdout=-3); sys.exit()"
    subprocess.run([sys.executable, "-c", code], check=True)
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if _reads(path, b"sleep\x0054321\0")]
    try:
        assert "sleep N" in host_snapshot.processes()
    finally:
        for path in left:
            os.kill(int(path.parent.name), 9)


def _reads(path: Path, wanted: bytes) -> bool:
    try:
        return path.read_bytes() == wanted
    except OSError:
        return False


def test_the_command_line_tells_by_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = {"files": ["/a"]}
    monkeypatch.setattr(host_snapshot, "snapshot", lambda ignore: now)
    saved = tmp_path / "before.json"
    assert host_snapshot.main(["save", str(saved)]) == 0
    assert json.loads(saved.read_text()) == now
    assert host_snapshot.main(["compare", str(saved)]) == 0
    now = {"files": ["/a", "/b"]}
    assert host_snapshot.main(["compare", str(saved)]) == 1
    assert capsys.readouterr().out == "files: + /b\n"
