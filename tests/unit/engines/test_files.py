"""Configuration files inside containers: versions told by time stamps, texts from archives."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.engines.files import _epoch, _label, _texts
from skylift.engines.spec import archive
from skylift.model.container import LABEL, LATEST_STAMP, ContainerState, File, stamp
from skylift.model.secret import Secret

FOLDER = "/var/lib/kolla/config_files"


def unpacked(data: bytes) -> tarfile.TarFile:
    return tarfile.open(fileobj=io.BytesIO(data))


@given(st.text(), st.sampled_from([0o600, 0o640]))
def test_a_stamp_is_long_ago_and_tells_versions_apart(text: str, mode: int) -> None:
    file, other = File("/a", Secret(text), mode), File("/a", Secret(text + "."), mode)
    assert 0 < stamp(file.digest) <= LATEST_STAMP < 300_000_000
    assert stamp(file.digest) != stamp(other.digest)


def test_files_are_given_with_the_stamp_of_their_version() -> None:
    files = (File(f"{FOLDER}/b.conf", Secret("ä\n")), File(f"{FOLDER}/config.json", Secret("{}"), 0o644))
    members = {one.name: one for one in unpacked(archive(files)).getmembers()}
    assert {name: one.mtime for name, one in members.items()} == {
        file.path.lstrip("/"): stamp(file.digest) for file in files
    }
    assert [one.mode for one in members.values()] == [0o600, 0o644]
    assert list(members)[-1].endswith("config.json")


def test_files_that_are_not_taken_over_yet_count_as_changed() -> None:
    """A reload that is cut off must be done again, also one that leads back to the version of the label."""
    file = File(f"{FOLDER}/b.conf", Secret("x"))
    mark = unpacked(archive([file], stamped=False)).getmembers()[0].mtime
    assert mark not in (0, -1, stamp(file.digest))


def test_texts_are_told_by_the_name_of_the_file() -> None:
    files = (File(f"{FOLDER}/b.conf", Secret("ä = 1\n")), File(f"{FOLDER}/a/c.conf", Secret("")))
    assert _texts(unpacked(archive(files))) == {"b.conf": "ä = 1\n", "c.conf": ""}


def test_folders_links_and_bytes_that_are_no_text() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        folder = tarfile.TarInfo("config_files")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        link = tarfile.TarInfo("config_files/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        raw = tarfile.TarInfo("config_files/raw")
        raw.size = 2
        tar.addfile(raw, io.BytesIO(b"\xff\n"))
    assert _texts(unpacked(buffer.getvalue())) == {"raw": "\ufffd\n"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:01Z", 1.0),
        ("1970-01-01T00:00:01.5Z", 1.5),
        ("1970-01-01T02:00:01.25+02:00", 1.25),
        ("1969-12-31T22:00:01.000000001-02:00", 1.000000001),
        ("2026-11-24T10:00:00.123456789Z", 1795514400.123456789),
        ("2026-11-24T12:00:00+02:00", 1795514400.0),
    ],
)
def test_times_as_the_engine_writes_them(text: str, seconds: float) -> None:
    assert _epoch(text) == pytest.approx(seconds, abs=1e-6)


@given(st.integers(1, LATEST_STAMP))
def test_a_stamp_comes_back_from_the_engine_as_it_was(mark: int) -> None:
    from datetime import UTC, datetime

    assert int(_epoch(datetime.fromtimestamp(mark, UTC).isoformat().replace("+00:00", "Z"))) == mark


@pytest.mark.parametrize("text", ["", "[]", "no json"])
def test_a_label_that_cannot_be_read_is_empty(text: str) -> None:
    assert _label(ContainerState("a", "1", "i", "1", {LABEL + "files": text}), "files") == {}
