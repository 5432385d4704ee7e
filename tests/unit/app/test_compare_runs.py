"""What differs between two runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.history_runs import desired, record

from skylift.app.compare_runs import MASKED, Change, compare, diff_lines
from skylift.journal import Journal
from skylift.model.problem import Problem

OLD, NEW = "[libvirt]\nvirt_type = qemu\ncpu = a\n", "[libvirt]\nvirt_type = kvm\ncpu = a\n"


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Journal, Journal]:
    """Two runs between which everything was changed."""
    config = tmp_path / "etc"
    (config / "config").mkdir(parents=True)
    (config / "globals.yml").write_text("# mine\ndebug: no\n")
    (config / "config" / "old.conf").write_text("a\n")
    first = record(tmp_path, config=config, desired=desired(OLD), settings={"debug": "no"}, version="0.1.0")
    (config / "globals.yml").write_text("# mine\ndebug: yes\nenable_heat: yes\n")
    (config / "config" / "old.conf").unlink()
    (config / "config" / "new.bin").write_bytes(b"\0\1")
    (config / "config" / "empty.conf").write_text("")
    more = desired(NEW, image="sha256:bbbb")
    more["settings"] = {"debug": "yes", "region": "R"}
    more["services"] = {"nova": True, "heat": True}
    more["networks"] = {"internal": "172.24.9.0/24"}
    more["containers"]["skylift-node1-heat_api"] = more["containers"].pop("skylift-node1-mariadb") | {
        "short": "heat_api",
        "service": "heat",
    }
    second = record(tmp_path, "apply", start=1.8e9 + 60, config=config, desired=more, version="0.2.0")
    return first, second


def test_everything_that_differs_is_told(tmp_path: Path, runs: tuple[Journal, Journal]) -> None:
    found = compare(runs[0].id, runs[1].id, tmp_path)
    assert found.versions == (Change("Skylift", "0.1.0", "0.2.0"),)
    assert found.settings == (Change("debug", "no", "yes"), Change("region", None, "R"))
    assert found.services == (Change("heat", "off", "on"),)
    assert found.networks == (Change("internal", "172.24.0.0/24", "172.24.9.0/24"),)
    assert found.containers == (
        Change("skylift-node1-heat_api", None, "heat"),
        Change("skylift-node1-mariadb", "mariadb", None),
    )
    assert [change for change in found.images if change.key == "nova-api"] == [Change("nova-api", "aaaa", "bbbb")]
    assert [(file.path, file.state, file.diff) for file in found.written] == [
        ("config/empty.conf", "added", ("(empty)",)),
        ("config/new.bin", "added", ("(not text)",)),
        ("config/old.conf", "removed", ("--- config/old.conf", "+++ config/old.conf", "@@ -1 +0,0 @@", "-a")),
        (
            "globals.yml",
            "changed",
            ("--- globals.yml", "+++ globals.yml", "@@ -1,2 +1,3 @@", " # mine", "-debug: no", "+debug: yes",
             "+enable_heat: yes"),
        ),
    ]  # fmt: skip
    (file,) = found.rendered
    assert (file.path, file.containers) == ("/etc/nova.conf", ("nova_api", "nova_scheduler"))
    assert file.diff[3:] == (" [libvirt]", "-virt_type = qemu", "+virt_type = kvm", " cpu = a")
    assert not found.same
    assert found.unknown == ()
    assert json.loads(json.dumps(found.as_dict()))["settings"][0] == {"key": "debug", "old": "no", "new": "yes"}


def test_a_run_does_not_differ_from_itself(tmp_path: Path, runs: tuple[Journal, Journal]) -> None:
    found = compare(runs[0].id, runs[0].id, tmp_path)
    assert found.same
    assert found.unknown == ()


def test_one_run_is_compared_with_the_last_that_kept_as_much(tmp_path: Path, runs: tuple[Journal, Journal]) -> None:
    record(tmp_path, "verify", start=1.8e9 + 30)
    record(tmp_path, start=1.8e9 + 31, cloud="other", desired=desired(OLD))
    found = compare(runs[1].id, journal=tmp_path)
    assert (found.old.id, found.new.id) == (runs[0].id, runs[1].id)
    with pytest.raises(Problem) as caught:
        compare(runs[0].id, journal=tmp_path)
    assert caught.value.code == "run-first"


def test_what_was_not_kept_is_said(tmp_path: Path) -> None:
    first = record(tmp_path, settings={"debug": "no"})
    second = record(tmp_path, start=1.8e9 + 1, settings={"debug": "yes"}, desired=desired())
    found = compare(first.id, second.id, tmp_path)
    assert found.settings == (Change("debug", "no", "yes"),)
    assert len(found.unknown) == 3
    assert found.unknown[0] == f"{first.id} (up) kept no record of what it meant to make"


def test_a_password_that_changed_is_told_without_it(tmp_path: Path) -> None:
    documents = [desired("[db]\npassword = ***\n") for _ in range(2)]
    documents[1]["containers"]["skylift-node1-nova_api"]["files"]["/etc/nova.conf"] = {"mode": "0600", "text": "x"}
    documents[1]["texts"]["x"] = "[db]\npassword = ***\n"
    first, second = (record(tmp_path, start=1.8e9 + n, desired=one) for n, one in enumerate(documents))
    (file,) = compare(first.id, second.id, tmp_path).rendered
    assert (file.diff, file.containers) == ((f"({MASKED})",), ("nova_api",))


@given(st.text(), st.text())
def test_a_diff_tells_every_difference_of_two_texts(old: str, new: str) -> None:
    lines = diff_lines(old, new, ("f", "f"))
    assert bool(lines) == (old != new)
    assert "\n" not in "".join(lines)


def test_line_ends_are_differences() -> None:
    assert diff_lines("a\r\n", "a\n", ("f", "f"))[3:] == ("-a\r", "+a")
    assert diff_lines("a", "a\n", ("f", "f"))[3:] == ("-a  (no line end)", "+a")


def test_a_long_line_of_json_is_compared_by_its_lines(tmp_path: Path) -> None:
    texts = [json.dumps({"accounts": [{"name": f"user-{n}"} for n in range(20)], "region": one}) for one in "ab"]
    first, second = (record(tmp_path, start=1.8e9 + n, desired=desired(one)) for n, one in enumerate(texts))
    (file,) = compare(first.id, second.id, tmp_path).rendered
    assert [line for line in file.diff[3:] if line[0] in "+-"] == ['- "region": "a"', '+ "region": "b"']
