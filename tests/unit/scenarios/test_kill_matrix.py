import json
from pathlib import Path

from tests.scenarios.resume.child import Ended, read
from tests.scenarios.resume.matrix import resumed
from tests.scenarios.resume.record import Kill, Matrix, aim, figures, table


def log(path: Path, *lines: tuple[str, object, float]) -> Ended:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return read(path)


def test_all_that_was_under_way_at_a_kill_counts(tmp_path: Path) -> None:
    ended = log(
        tmp_path / "run",
        ("plan", ["a", "b", "c", "d"], 0.0),
        ("started", "a", 1.0),
        ("finished", ["a", "ok"], 1.5),
        ("started", "b", 1.2),
        ("started", "c", 1.9999),
        ("kill", ["b", "during"], 2.0),
    )
    assert ended.plan == ("a", "b", "c", "d")
    assert ended.killed == {"b": ("during", 800), "c": ("start", 0)}


def test_what_ends_is_cut_off_before_it_counts_as_finished(tmp_path: Path) -> None:
    ended = log(tmp_path / "run", ("plan", ["a"], 0.0), ("started", "a", 1.0), ("kill", ["a", "end"], 1.25))
    assert (ended.killed, ended.finished) == ({"a": ("end", 250)}, {})


def test_positions_follow_from_seed_and_number() -> None:
    positions = [aim(7, number, 2.0) for number in range(200)]
    assert positions == [aim(7, number, 2.0) for number in range(200)]
    assert {one.position for one in positions} == {"start", "during", "end"}
    assert all(0 < one.delay < 1.5 for one in positions)
    assert positions != [aim(8, number, 2.0) for number in range(200)]


def test_only_what_was_not_hit_is_aimed_at() -> None:
    matrix = Matrix(7, {"a": 0.1, "b": 0.1}, kills={"a": [Kill(1, 1, "start", 0)]})
    assert list(matrix.aims()) == ["b"]


def test_an_operation_is_resumed_when_it_is_done_or_no_longer_needed() -> None:
    assert resumed(Ended(plan=("a",), finished={"a": "ok"}), "a", 2) == "done by run 2"
    assert resumed(Ended(plan=("b",), signal=9), "a", 2) == "found done by run 2"
    assert resumed(Ended(plan=("a",), finished={"a": "failed"}), "a", 2) == ""
    # Killed before it had a plan, or before it came so far.
    assert resumed(Ended(signal=9), "a", 2) == resumed(Ended(plan=("a",), signal=9), "a", 2) == ""


def test_what_was_not_resumed_or_hit_stands_out() -> None:
    kills = {"a": [Kill(1, 1, "during", 40, "done by run 2"), Kill(1, 3, "end", 90)]}
    matrix = Matrix(7, {"a": 0.1, "b": 0.1}, kills, divergences=["files: - x"])
    lines = table(matrix).splitlines()
    assert lines[2].split()[-4:] == ["done", "by", "run", "2"]
    assert lines[3].endswith("NO") and lines[4].endswith("never hit") and lines[5] == "DIVERGENCE files: - x"
    assert (figures(matrix)["operations"], figures(matrix)["hit"], figures(matrix)["resumed"]) == (2, 1, 1)
