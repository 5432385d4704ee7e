"""What a run keeps of the user's files and of the desired cloud: whole, private, without a password."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import stat
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.fixture import desired
from tests.unit.history_runs import record
from tests.unit.journal.cloud import Cloud

from skylift.app.history_record import desired_document
from skylift.journal import Journal, list_runs, look_at, read_desired, read_input, read_run
from skylift.journal.kept import LARGEST
from skylift.journal.prune import prune
from skylift.model.event import Notice
from skylift.model.hidden import hide
from skylift.model.secret import Secret


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration folder with overrides."""
    folder = tmp_path / "etc"
    (folder / "config" / "nova").mkdir(parents=True)
    (folder / "globals.yml").write_bytes(b"# mine\r\nenable_heat: yes  # why\n\xff\n")
    (folder / "passwords.yml").write_text("database_password: hunter2hunter2\n")
    (folder / "config" / "nova.conf").write_text("[DEFAULT]\ncpu_allocation_ratio = 2\n")
    (folder / "config" / "nova" / "nova-api.conf").write_text("[api]\nkey = hunter2hunter2\n")
    (folder / "config" / "nova" / "nova-api.conf").chmod(0o640)
    return folder


def mask(text: str) -> str:
    return text.replace("hunter2hunter2", "***")


def test_files_are_kept_byte_by_byte_and_masked(tmp_path: Path, config: Path) -> None:
    run = record(tmp_path, config=config, mask=mask)
    kept = read_input(run.folder)
    assert kept is not None
    assert kept.folder == str(config)
    assert set(kept.files) == {"globals.yml", "config/nova.conf", "config/nova/nova-api.conf"}
    assert kept.files["globals.yml"].content == (config / "globals.yml").read_bytes()
    assert kept.files["config/nova/nova-api.conf"].content == b"[api]\nkey = ***\n"
    assert {name: one.masked for name, one in kept.files.items() if one.masked} == {"config/nova/nova-api.conf": True}
    assert kept.files["config/nova/nova-api.conf"].mode == 0o640
    assert kept == look_at(config, mask)
    for path in run.folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_what_cannot_be_kept_is_listed(tmp_path: Path, config: Path) -> None:
    (config / "config" / "loop").symlink_to(config / "config")
    (config / "config" / "big").write_bytes(b"x" * (LARGEST + 1))
    (config / "config" / "linked.conf").symlink_to(config / "config" / "nova.conf")
    (config / "config" / "nowhere").symlink_to("/nonexistent/file")
    os.mkfifo(config / "config" / "pipe")
    kept = read_input(record(tmp_path, config=config).folder)
    assert kept is not None
    assert set(kept.left_out) == {"config/loop", "config/big", "config/pipe"}
    assert kept.left_out["config/loop"] == "it leads back to a folder above"
    assert kept.files["config/linked.conf"].content == kept.files["config/nova.conf"].content


def test_no_configuration_is_kept_as_such(tmp_path: Path) -> None:
    kept = read_input(record(tmp_path, config=tmp_path / "nothing").folder)
    assert kept is not None
    assert kept.files == {}


def test_overrides_may_lie_elsewhere(tmp_path: Path, config: Path) -> None:
    (config / "config").rename(tmp_path / "elsewhere")
    run = record(tmp_path, end="")
    run.input(config, tmp_path / "elsewhere")
    kept = read_input(run.folder)
    assert kept is not None
    assert kept.overrides == str(tmp_path / "elsewhere")
    assert set(kept.files) == {"globals.yml", "config/nova.conf", "config/nova/nova-api.conf"}


def test_a_second_look_replaces_the_first(tmp_path: Path, config: Path) -> None:
    run = record(tmp_path, config=config, end="")
    (config / "config" / "nova.conf").unlink()
    (config / "globals.yml").write_text("enable_heat: no\n")
    run.input(config)
    assert not run.trouble
    kept = read_input(run.folder)
    assert kept is not None
    assert set(kept.files) == {"globals.yml", "config/nova/nova-api.conf"}
    assert not (run.folder / "input" / "config" / "nova.conf").exists()


@pytest.mark.parametrize("damage", ["input.json", "input", "half"])
def test_what_was_cut_off_was_not_kept(tmp_path: Path, config: Path, damage: str) -> None:
    run = record(tmp_path, config=config)
    if damage == "half":
        (run.folder / "input.json").write_text('{"files": {')
    else:
        (run.folder / damage).rename(tmp_path / "gone")
    assert read_input(run.folder) is None
    (run.folder / "desired.json.gz").write_bytes(gzip.compress(b"{}")[:-4])
    assert read_desired(run.folder) is None


def test_no_artefact_holds_a_password_of_a_whole_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every service rendered with passwords that need quoting; each password is looked for in each file."""
    from tests.contracts import fixture

    made: dict[str, str] = {}

    def invented(value: str) -> Secret:
        made.setdefault(value, f"pw-{secrets.token_hex(6)}-$/{len(made)}%")
        return Secret(made[value])

    monkeypatch.setattr(fixture, "Secret", invented)
    wanted = desired()
    config = tmp_path / "etc"
    (config / "config").mkdir(parents=True)
    (config / "globals.yml").write_text("# " + " ".join(made.values()))
    (config / "config" / "nova.conf").write_text("\n".join(f"o{n} = {one}" for n, one in enumerate(made.values())))
    cloud = Cloud.of(config, {name.lower(): value for name, value in made.items()})
    run = Journal("up", cloud="c", release="r", version="v", mask=cloud.mask, journal=tmp_path)
    run.settings("\n".join(made.values()))
    run.input(config)
    run.desired(desired_document(cloud, wanted))
    for one in made.values():
        run(Notice(f"connected with {one}"))
    run.finish("ok")
    files = [path for path in run.folder.rglob("*") if path.is_file()]
    names = {str(path.relative_to(run.folder)) for path in files}
    assert {"desired.json.gz", "input/globals.yml", "input/config/nova.conf", "events.jsonl"} <= names
    kept = read_desired(run.folder)
    assert kept is not None
    rendered = "\n".join(kept["texts"].values())
    assert "virt_type" in rendered
    assert rendered.count("***") > len(made) / 2
    for path in files:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
        for form in (text, json.dumps(text)):
            leaked = [name for name, one in made.items() if one in form or json.dumps(one)[1:-1] in form]
            assert not leaked, path.name
            assert not any(part in form for one in made.values() for part in one.split("-")[1:2])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("rbd_secret = abc\n", "rbd_secret = ***\n"),
        ("[ldap]\r\nPassword=x y\r\nurl = ldap://a\r\n", "[ldap]\r\nPassword=***\r\nurl = ldap://a\r\n"),
        ("ldap_password: 'x'", "ldap_password: ***"),
        ('  "api_key": "x",', '  "api_key": "***",'),
        ('{"name": "a", "password": "x \\" y", "b": 1}', '{"name": "a", "password": "***", "b": 1}'),
        ("X = {'PASSWORD': 'x', 'a': 'b'}", "X = {'PASSWORD': '***', 'a': 'b'}"),
        ("rabbit://a:x@h:1,a:y@i:1//", "rabbit://a:***@h:1,a:***@i:1//"),
        ("ALTER USER 'a'@'%' IDENTIFIED BY 'it''s';", "ALTER USER 'a'@'%' IDENTIFIED BY '***';"),
        ("mysql --user a --password=x --host b", "mysql --user a --password=*** --host b"),
        ("<secret>x</secret><a>b</a>", "<secret>***</secret><a>b</a>"),
        ("- password: x\n  name: a", "- password: ***\n  name: a"),
        ("connection = mysql+pymysql://u:p%40w@h/db", "connection = mysql+pymysql://u:***@h/db"),
        ("allow_expired_token = true", "allow_expired_token = true"),
        ("password =\nother = 1", "password =\nother = 1"),
        ("token_provider = fernet", "token_provider = fernet"),
        ("# a password is needed: yes", "# a password is needed: yes"),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMII\nE=\n-----END RSA PRIVATE KEY-----\nb",
         "a\n-----BEGIN RSA PRIVATE KEY-----\n***\n-----END RSA PRIVATE KEY-----\nb"),
        ("url = http://[::1]:8080/a@b", "url = http://[::1]:8080/a@b"),
    ],
)  # fmt: skip
def test_passwords_that_no_list_knows_are_hidden_by_their_place(text: str, kept: str) -> None:
    assert hide(text) == kept


@given(st.text())
def test_hiding_twice_changes_nothing_more(text: str) -> None:
    assert hide(hide(text)) == hide(text)
    assert hide("password = " + text.replace("\n", "").replace("\r", "")).count("\n") == 0


def test_readers_see_whole_runs_while_others_write_and_prune(tmp_path: Path, config: Path) -> None:
    stop, seen = threading.Event(), [0]
    wrong: list[str] = []

    def read() -> None:
        while not stop.is_set():
            for run in list_runs(tmp_path):
                seen[0] += 1
                if run.outcome not in ("ok", "running"):
                    wrong.append(run.outcome)
                kept = read_input(run.folder)
                if kept is not None and set(kept.files) != {"globals.yml", "config/nova.conf"}:
                    wrong.append(str(sorted(kept.files)))

    (config / "config" / "nova" / "nova-api.conf").unlink()
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(60):
        record(tmp_path, start=1.8e9 + number, config=config)
        prune(tmp_path / "runs", now=1.8e9, keep=5)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert seen[0] > 100
    assert len(list_runs(tmp_path)) == 5
    assert read_run("last", tmp_path).torn == 0
    assert len(list((tmp_path / "runs").iterdir())) == 5


def test_what_an_interrupted_pruning_left_goes_with_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".removed-20270115T080000Z-up-aa"
    left.mkdir()
    (left / "events.jsonl").write_text("")
    prune(tmp_path, now=1.8e9)
    assert not left.exists()


@pytest.mark.parametrize("part", ["a,b:c,", "password", "a_", '"a": "b", ', "--a-", "<a_", "IDENTIFIED BY '"])
def test_hiding_takes_no_longer_on_a_long_line(part: str) -> None:
    """A line may be a megabyte: nothing is looked through again and again."""
    begun = time.process_time()
    hide(part * 20_000)
    assert time.process_time() - begun < 2
