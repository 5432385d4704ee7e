"""The archive itself: bounded, each file under a name of its own, nothing in it that the mask takes away."""

from __future__ import annotations

import io
import json
import stat
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skylift.app.bundle_archive import INDEX, LIMIT, RESERVE, Archive, write
from skylift.model.problem import Problem
from skylift.settings.scrub import Scrub


def archive(limit: int = LIMIT, *secrets: str) -> Archive:
    return Archive(Scrub(secrets), "top", 1.8e9, limit)


def read(raw: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:gz") as tar:
        return {one.name: content.read() for one in tar if (content := tar.extractfile(one)) is not None}


def test_of_a_text_the_last_whole_lines_are_kept() -> None:
    made = archive()
    filed = made.add("a.log", "".join(f"line {number:04}\n" for number in range(100)), bound=35)
    assert (filed.size, filed.cut) == (30, "the last 30 of 1000 bytes: no more of one file")
    assert read(made.finish({}))["top/a.log"] == b"line 0097\nline 0098\nline 0099\n"


def test_data_that_is_too_large_is_left_out_and_lines_of_it_are_kept() -> None:
    made = archive()
    assert made.add("a.json", ["x" * 10] * 10, bound=50).cut == "none of 153 bytes: no more of one file"
    assert made.add("a.jsonl", [{"n": number} for number in range(10)], bound=25).size == 18
    assert read(made.finish({})) == {"top/a.jsonl": b'{"n": 8}\n{"n": 9}\n', f"top/{INDEX}": b"{}\n"}


def test_a_full_archive_takes_only_its_index() -> None:
    made = archive(RESERVE + 8192)
    first = made.add("a", "x\n" * 10_000)
    assert 0 < first.size < 8192 and first.cut.endswith("the archive is full")
    second = made.add("b", "y\n" * 10_000)
    assert (second.size, second.cut) == (0, "none of 20000 bytes: the archive is full")
    found = read(made.finish({"cut": True}))
    assert set(found) == {"top/a", f"top/{INDEX}"}
    assert json.loads(found[f"top/{INDEX}"]) == {"cut": True}


@given(st.lists(st.tuples(st.integers(0, 40_000), st.booleans()), max_size=12))
@settings(max_examples=25)
def test_no_archive_is_larger_than_its_limit(sizes: list[tuple[int, bool]]) -> None:
    limit = RESERVE + 65_536
    made = archive(limit)
    for number, (size, lined) in enumerate(sizes):
        made.add(f"{number}.jsonl" if lined else f"{number}", ["a"] * (size // 4) if lined else "a\n" * (size // 2))
    raw = made.finish({"x": "y"})
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r:gz") as tar:
        assert sum(512 + -(-one.size // 512) * 512 for one in tar) <= limit


def test_names_are_masked_plain_and_different() -> None:
    made = archive(LIMIT, "hushhush")
    paths = ["logs/hushhush.log", "logs/hushhush.log", "../../etc/x", "a b\n\x1b[31m", "/abs", "nova_api@node2.log"]
    assert [made.add(path, "x\n").path for path in paths] == [
        "logs/***.log", "logs/***.log.2", "etc/x", "a_b___31m", "abs", "nova_api@node2.log"
    ]  # fmt: skip


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=6, max_size=20), min_size=1, max_size=3
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.text(), one),
        max_leaves=8,
    ),
)
def test_no_secret_is_in_any_byte_and_json_stays_json(secrets: list[str], rest: object) -> None:
    secrets = [one for one in secrets if len(one.strip()) >= 6 and not set(one) & set('",:[]{} \n0123456789')]
    made = Archive(Scrub(secrets), "-".join(secrets) or "top", 0)
    made.add("".join(secrets), "\n".join(secrets))
    made.add("data.json", {"rest": rest, "secrets": secrets, **{one: one for one in secrets}})
    found = read(made.finish(secrets))
    for name, raw in found.items():
        for one in secrets:
            assert one not in name and one.encode() not in raw and json.dumps(one)[1:-1].encode() not in raw
        if name.endswith(".json"):
            json.loads(raw)


def test_the_archive_says_nothing_of_who_made_it(tmp_path: Path) -> None:
    made, again = archive(), archive()
    for one in (made, again):
        one.add("a", "x")
    assert made.finish({}) == again.finish({}), "no time, no name"


def test_a_file_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_text("old")
    path.chmod(0o644)
    write(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o600)
    (tmp_path / "folder").mkdir()
    with pytest.raises(Problem, match="could not be written"):
        write(tmp_path / "folder", b"")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.tar.gz", "folder"]
