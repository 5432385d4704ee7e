"""The override folder as it is found: editors' leftovers, links, unreadable and oversized files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift import services
from skylift.model.problem import Problem
from skylift.settings import Overrides, load_overrides, load_text
from skylift.settings import overrides as module


def load(folder: Path, text: str = "") -> Overrides:
    return load_overrides(folder, load_text(text, services.load()))


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_no_folder_is_no_override(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert not found
    assert found.notices == ()


def test_files_are_found_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "config/nova/node1").mkdir(parents=True)
    (tmp_path / "config/nova.conf").write_text("\ufeff[DEFAULT]\r\na = 1\r\n")
    (tmp_path / "config/nova/node1/nova.conf").write_text("")
    found = load(tmp_path)
    assert sorted(found.files) == ["nova.conf", "nova/node1/nova.conf"]
    assert found.files["nova.conf"].read() == "[DEFAULT]\na = 1\n"
    assert found.files["nova/node1/nova.conf"].shown == "config/nova/node1/nova.conf"


@pytest.mark.parametrize(
    "name", ["nova.conf~", "#nova.conf#", ".nova.conf.swp", "nova.conf.bak", "nova.conf.rpmsave", "nova.conf.dpkg-old"]
)
def test_what_editors_leave_is_passed_over_with_a_notice(tmp_path: Path, name: str) -> None:
    write(tmp_path / "config", **{name: "not even INI"})
    found = load(tmp_path)
    assert not found
    assert [(notice.level, notice.where) for notice in found.notices] == [("info", f"config/{name}")]


def test_hidden_files_and_folders_are_passed_over_in_silence(tmp_path: Path) -> None:
    write(tmp_path / "config", **{".gitignore": "x", ".git__config": "x"})
    assert load(tmp_path) == Overrides()


def test_the_folder_can_be_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "kolla" / "config"
    write(elsewhere, **{"nova.conf": ""})
    (tmp_path / "skylift").mkdir()
    absolute = load(tmp_path / "skylift", f"node_custom_config: {elsewhere}\n")
    assert absolute.files["nova.conf"].shown == f"{elsewhere}/nova.conf"
    relative = load(tmp_path, "node_custom_config: kolla/config\n")
    assert relative.files["nova.conf"].shown == "kolla/config/nova.conf"


def test_a_folder_that_is_named_and_not_there_is_said(tmp_path: Path) -> None:
    found = load(tmp_path, "node_custom_config: /nowhere/at/all\n")
    assert [(notice.level, notice.where) for notice in found.notices] == [("warning", "globals.yml:1")]
    assert "/nowhere/at/all" in found.notices[0].text


def test_a_folder_of_jinja_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        load(tmp_path, 'node_custom_config: "{{ node_config }}/config"\n')
    assert caught.value.where == "globals.yml:1"


def test_links_are_followed_but_not_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path / "shared", **{"policy.yaml": "a: b\n"})
    (tmp_path / "config").mkdir()
    (tmp_path / "config/keystone").symlink_to(tmp_path / "shared")
    (tmp_path / "shared/again").symlink_to(tmp_path / "config")
    (tmp_path / "config/broken.conf").symlink_to(tmp_path / "nowhere")
    found = load(tmp_path)
    assert found.files["keystone/policy.yaml"].read() == "a: b\n"
    assert set(found.files) == {"keystone/policy.yaml", "broken.conf"}
    with pytest.raises(Problem) as caught:
        found.files["broken.conf"].read()
    assert caught.value.code == "override-unreadable"


def test_bad_files_matter_when_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/nova.conf").write_bytes(b"[DEFAULT]\nx = \xff\n")
    (tmp_path / "config/glance.conf").write_bytes(b"#" * (module.LARGEST + 1))
    found = load(tmp_path)
    with pytest.raises(Problem) as caught:
        found.files["nova.conf"].read()
    assert (caught.value.code, caught.value.where) == ("override-unreadable", "config/nova.conf:2")
    with pytest.raises(Problem) as caught:
        found.files["glance.conf"].read()
    assert str(module.LARGEST) in caught.value.detail


def test_a_folder_that_holds_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    write(tmp_path / "config", **{f"file{number}": "" for number in range(5)})
    with pytest.raises(Problem) as caught:
        load(tmp_path)
    assert caught.value.code == "override-unreadable"


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_problem(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("overrides")
    (folder / "config").mkdir()
    (folder / "config/nova.conf").write_bytes(raw)
    file = load(folder).files["nova.conf"]
    if file.problem is None:
        assert "\r" not in file.read()
        assert file.read().encode().replace(b"\n", b"") == raw.removeprefix(b"\xef\xbb\xbf").translate(None, b"\r\n")
    else:
        assert file.problem.where.startswith("config/nova.conf")
