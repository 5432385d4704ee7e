"""A report: made whatever is broken, with all that was asked for, and without any secret that was planted."""

from __future__ import annotations

import base64
import io
import json
import os
import stat
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.unit.app.engine_server import container, engine_server
from tests.unit.history_runs import API, record

from skylift.app import bundle, bundle_machine
from skylift.app.bundle import Bundle
from skylift.app.bundle_logs import CONCERNED, EVERY, concerned
from skylift.model.container import LABEL, ContainerState
from skylift.model.problem import Problem

PASSWORD, QUOTED, UUID = "pl4nted-Word-1", "p$x/y z%\"q'end", "0c1ed5a6-58a1-4c53-a0f4-5d1d37f7c8a1"
TOKEN = "gAAAAABnU0tFTkRvbm90dGVsbGFueWJvZHlhYm91dGl0"
FORMS = [
    form
    for one in (PASSWORD, QUOTED, UUID)
    for form in (one, quote(one, safe=""), json.dumps(one)[1:-1], base64.b64encode(one.encode()).decode())
]
NAMES = ("nova_api", "nova_scheduler", "mariadb")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder with secrets in each file, a journal and the file of a crash with some, no proxy."""
    folder = tmp_path / "etc"
    (folder / "config").mkdir(parents=True)
    (folder / "globals.yml").write_text(
        f"skylift_cloud_name: mine\nopenstack_region_name: {PASSWORD}\n# {QUOTED} {UUID}\n"
    )
    (folder / "passwords.yml").write_text(
        f"nova_database_password: {PASSWORD}\nkeystone_admin_password: {json.dumps(QUOTED)}\nrbd_secret_uuid: {UUID}\n"
        "glance_database_password: abcdef\n"
    )
    (folder / "config" / "nova.conf").write_text(f"[DEFAULT]\nx = {PASSWORD}\n[ldap]\npassword = 0utside-secret\n")
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "skylift-bug-1.txt").write_text(f"Traceback\nValueError: {QUOTED!r}\n")
    for key, value in {"TMPDIR": "tmp", "SKYLIFT_STATE": "state"}.items():
        monkeypatch.setenv(key, str(tmp_path / value))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal that was written without a mask; the sixth run from the end is the last that failed."""
    folder = tmp_path / "state"
    record(folder, cloud="mine", start=1.7e9, failing=f"container.ready:{API}", end="failed")
    said = f"connected with {QUOTED} and {base64.b64encode(UUID.encode()).decode()}"
    for number in range(6):
        record(folder, cloud="mine", start=1.8e9 + 100 * number, settings={"x": PASSWORD}, values={"said": said})
    record(folder, cloud="other", start=1.9e9)
    return folder


@pytest.fixture
async def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """An engine with three containers whose environment, state and logs hold secrets."""
    found = [
        container(name, "mine", name.partition("_")[0], ["DB_PASSWORD=short", f"A={QUOTED}", "PATH=/bin"])
        for name in NAMES
    ]
    found[1]["State"] |= {"Status": "exited", "ExitCode": 1, "Error": f"cannot mount {PASSWORD}"}
    half = len(PASSWORD) // 2
    lines = [
        f"connection = mysql+pymysql://nova:{quote(QUOTED, safe='')}@h/nova",
        f"X-Auth-Token: {TOKEN}",
        f"Authorization: Basic {base64.b64encode(f'nova:{PASSWORD}'.encode()).decode()}",
        PASSWORD[:half],
        PASSWORD[half:],
        json.dumps({"body": json.dumps({"adminPass": "0ther-secret", "uuid": UUID})}),
        "bind to ldap with 0utside-secret",
        "the end",
    ]
    many = [f"line {number}" for number in range(700)]
    logs = {
        f"id-{name}": "".join(
            f"2026-11-24T08:00:00.{number:09}Z {line}\n" for number, line in enumerate([*many, *lines])
        )
        for name in NAMES
    }
    async with engine_server(tmp_path / "engine.sock", found, logs, {"Driver": PASSWORD}) as url:
        monkeypatch.setenv("DOCKER_HOST", url)
        yield


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def unpacked(made: Bundle) -> dict[str, str]:
    """Return the files of the archive by their path below its folder; names are looked at as well."""
    with tarfile.open(fileobj=io.BytesIO(made.path.read_bytes()), mode="r:gz") as tar:
        members = tar.getmembers()
        (top,) = {member.name.partition("/")[0] for member in members}
        assert top == made.path.name.removesuffix(".tar.gz")
        read = {}
        for member in members:
            assert (member.mode, member.uid, member.uname) == (0o600, 0, "")
            content = tar.extractfile(member)
            assert content is not None
            read[member.name.partition("/")[2]] = content.read().decode()
        return read


@pytest.mark.usefixtures("engine", "journal")
async def test_no_secret_that_was_planted_in_any_section_is_in_the_archive(config: Path, tmp_path: Path) -> None:
    made = await bundle.make(config)
    assert {section.name: section.why for section in made.sections} == dict.fromkeys(
        ("versions", "machine", "settings", "settings as written", "runs", "bugs", "doctor", "status", "plan", "engine",
         "images", "containers", "logs"), ""
    )  # fmt: skip
    files = unpacked(made)
    everything = "\n".join([*files, *files.values()])
    for secret in (*FORMS, TOKEN, "0utside-secret", "0ther-secret", "abcdef", "=short"):
        assert secret not in everything, secret
    assert PASSWORD not in everything.replace("\n", "").replace("2026-11-24T08:00:00.", "")
    hidden = {path for path, text in files.items() if "***" in text}
    assert {
        "settings/effective.json", "settings/globals.yml", "settings/config/nova.conf", "bugs/skylift-bug-1.txt",
        "engine.json", "containers.json", "logs/concerned/nova_scheduler.log",
    } <= hidden  # fmt: skip
    assert len([path for path in hidden if path.startswith("runs/") and path.endswith("events.jsonl")]) == 5
    # Nothing was changed by looking.
    assert names_in(config) == ["config", "globals.yml", "passwords.yml"]
    assert len((config / "passwords.yml").read_text().splitlines()) == 4


@pytest.mark.usefixtures("engine", "journal")
async def test_everything_is_there_and_indexed(config: Path, tmp_path: Path) -> None:
    made = await bundle.make(config, now=1.8e9)
    assert made.path == tmp_path / "skylift-report-mine-20270115T080000Z.tar.gz"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.size == made.path.stat().st_size
    files = unpacked(made)
    index = json.loads(files["report.json"])
    told = {one["path"]: one["size"] for section in index["sections"] for one in section["files"]}
    assert told == {path: len(text.encode()) for path, text in files.items() if path != "report.json"}
    assert all(section["ok"] and section["seconds"] >= 0 for section in index["sections"])
    assert index["bounds"]["log"] == {"lines": EVERY.lines, "size": EVERY.size}
    for path in (path for path in files if path.endswith(".json")):
        json.loads(files[path])
    for path in (path for path in files if path.endswith(".jsonl")):
        assert all(json.loads(line)["kind"] for line in files[path].splitlines())
    effective = json.loads(files["settings/effective.json"])
    assert effective["settings"]["skylift_cloud_name"] == {"value": "mine", "source": "globals.yml:1"}
    assert effective["settings"]["enable_heat"] == {"value": True, "source": "default"}
    assert effective["names_in_passwords_yml"] == [
        "glance_database_password", "keystone_admin_password", "nova_database_password", "rbd_secret_uuid"
    ]  # fmt: skip
    assert "nova_scheduler" in files["doctor.json"]
    assert {one["name"] for one in json.loads(files["status.json"])["containers"]} == set(NAMES)
    assert "nova" in files["plan.txt"] and json.loads(files["plan.json"])["operations"]
    assert set(json.loads(files["containers.json"])) == {f"mine-node1-{name}" for name in NAMES}
    assert "PATH=/bin" in files["containers.json"]
    assert len([path for path in files if path.endswith("run.json")]) == 6, "the last five, and the last that failed"


@pytest.mark.usefixtures("engine", "journal")
async def test_more_is_kept_of_logs_that_something_is_the_matter_with(config: Path) -> None:
    files = unpacked(await bundle.make(config))
    index = json.loads(files["report.json"])
    assert "nova_api" in index["concerned"]
    assert index["concerned"]["nova_scheduler"] == "doctor: container-exited"
    logs = {path: len(text.splitlines()) for path, text in files.items() if path.startswith("logs/")}
    assert logs["logs/concerned/nova_scheduler.log"] >= 700
    assert all(count <= CONCERNED.lines for count in logs.values())
    assert all(count <= EVERY.lines for path, count in logs.items() if "concerned" not in path)
    assert all("the end" in files[path] for path in logs)


def test_a_container_is_named_by_its_name_its_place_or_its_service() -> None:
    states = [
        ContainerState(f"mine-{node}-{name}", "1", "i", "i", {LABEL + "container": name, LABEL + "service": service})
        for node, name, service in (("node1", "nova_api", "nova"), ("node2", "nova_api", "nova"), ("node1", "db", "db"))
    ]
    assert concerned(states, {"nova_api@node2": "a"}) == {"mine-node2-nova_api": "a"}
    assert concerned(states, {"nova_api": "a"}) == {"mine-node1-nova_api": "a", "mine-node2-nova_api": "a"}
    assert concerned(states, {"nova": "a", "db": "b"}) == {
        "mine-node1-nova_api": "a", "mine-node2-nova_api": "a", "mine-node1-db": "b"
    }  # fmt: skip
    assert concerned(states, {"http://10.0.0.2": "a", "": "b"}) == {}


@pytest.mark.usefixtures("engine", "journal")
async def test_logs_can_be_left_out(config: Path) -> None:
    files = unpacked(await bundle.make(config, logs=False))
    assert not [path for path in files if path.startswith("logs")]
    assert json.loads(files["report.json"])["logs"] is False


async def test_without_an_engine_each_section_says_why(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/engine.sock")
    made = await bundle.make(config, tmp_path / "here.tar.gz")
    assert made.path == tmp_path / "here.tar.gz"
    missing = {section.name for section in made.sections if section.why}
    assert missing == {"doctor", "status", "plan", "engine", "images", "containers", "logs"}
    with tarfile.open(made.path) as tar:
        names = {Path(name).name for name in tar.getnames()}
        (why,) = [tar.extractfile(name) for name in tar.getnames() if name.endswith("/doctor.failed.txt")]
        assert why is not None
        assert why.read().decode().startswith("No container engine was found\n  where: unix:///nonexistent")
    assert {"versions.json", "machine.json", "effective.json", "globals.yml", "logs.failed.txt"} <= names


@pytest.mark.usefixtures("engine", "journal")
async def test_with_settings_that_cannot_be_read_the_rest_is_there(config: Path) -> None:
    (config / "globals.yml").write_text(f"enable_nova: perhaps\n# {PASSWORD}\n")
    made = await bundle.make(config)
    # Its name is that of the last run of any cloud.
    assert made.cloud == "other"
    missing = {section.name: section.why for section in made.sections if section.why}
    assert set(missing) == {"settings", "doctor", "status", "plan"}
    assert "globals.yml:1" in missing["settings"]
    files = unpacked(made)
    assert files["settings/globals.yml"] == "enable_nova: perhaps\n# ***\n"


@pytest.mark.usefixtures("engine")
async def test_passwords_that_cannot_be_parsed_are_masked_all_the_same(config: Path) -> None:
    with (config / "passwords.yml").open("a") as file:
        file.write("broken: [\n")
    made = await bundle.make(config)
    assert {section.name for section in made.sections if section.why} == {"doctor", "status", "plan"}
    everything = "\n".join(unpacked(made).values())
    assert not [form for form in (PASSWORD, UUID, quote(PASSWORD)) if form in everything]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError(f"odd: {PASSWORD}"), "This is a bug in Skylift\n  ValueError: odd: ***\n  where: "),
        (TimeoutError(), "There was no answer within 60 s"),
        (Problem("engine-lost", "The connection broke", PASSWORD), "The connection broke\n  ***"),
    ],
)
async def test_whatever_a_section_raises_is_told_and_masked(
    config: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    async def odd(_: Any) -> Any:
        raise error

    monkeypatch.setattr(bundle, "ROWS", ((("odd one", odd), ("versions", bundle_machine.versions)),))
    made = await bundle.make(config, logs=False)
    assert made.sections[0].why.startswith(told)
    assert unpacked(made)["odd-one.failed.txt"].startswith(told)
    assert not made.sections[1].why


async def test_an_engine_that_hangs_is_not_waited_for(
    config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import asyncio

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            writer.close()

    server = await asyncio.start_unix_server(silent, tmp_path / "hangs.sock")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'hangs.sock'}")
    monkeypatch.setattr("skylift.app.bundle_scene.ENGINE_SECONDS", 0.2)
    made = await bundle.make(config)
    server.close()
    assert "said nothing" in next(section.why for section in made.sections if section.name == "doctor")


async def test_a_place_that_cannot_be_written_is_a_problem(config: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        await bundle.make(config, tmp_path / "no" / "folder.tar.gz")
    assert caught.value.code == "file-unwritable"
    with pytest.raises(Problem) as caught:
        await bundle.make(config, since="yesterday")
    assert caught.value.code == "since-unclear"


def test_files_of_crashes_are_taken_only_where_they_are_ones_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "skylift-bug-link.txt").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "skylift-bug-pipe.txt")
    for number in range(5):
        path = tmp_path / f"skylift-bug-{number}.txt"
        path.write_text(str(number))
        os.utime(path, (number, number))
    assert bundle_machine._bugs(tmp_path) == {f"bugs/skylift-bug-{number}.txt": str(number) for number in (2, 3, 4)}
