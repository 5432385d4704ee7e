"""Rollback: what cannot go back is said first; nothing is written without a yes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.history_runs import API, DB, RECREATED, SCHEMA, desired, record

from skylift.app import rollback, rollback_limits
from skylift.app.rollback import Rollback, WayBack, opened
from skylift.app.rollback_files import restoration
from skylift.app.rollback_limits import gone, same_schema, since, versions
from skylift.journal import Journal, find_run, look_at
from skylift.model.container import LABEL, ContainerState
from skylift.model.observed import Observed, ObservedNetwork
from skylift.model.plan import Plan
from skylift.model.problem import Problem
from skylift.model.service import Database, Service

NOVA = Service("nova", "Compute", Path(), databases=(Database("nova", "nova", "p"), Database("nova_api", "nova", "p")))
MARIADB = Service("mariadb", "Database", Path())


def state(name: str, image: str) -> ContainerState:
    return ContainerState(name, "id", "ref", image, status="running")


def test_runs_since_are_told(tmp_path: Path) -> None:
    old = record(tmp_path)
    assert [limit.kind for limit in since(find_run(old.id, tmp_path), tmp_path)] == ["password"]
    record(tmp_path, "down", start=1.8e9 + 1, cloud="other")
    rotated = record(tmp_path, "rotate", start=1.8e9 + 2)
    down = record(tmp_path, "down", start=1.8e9 + 3)
    data, password = since(find_run(old.id, tmp_path), tmp_path)
    assert down.id in data.text
    assert rotated.id in password.text


def test_what_is_no_longer_there_is_told() -> None:
    network = ObservedNetwork("n", "id", "172.24.9.0/24", {LABEL + "purpose": "internal"})
    observed = Observed(containers={DB: state(DB, "x")}, networks={"n": network})
    data, moved = gone(desired(), observed)
    assert "mariadb" in data.text
    assert moved.text == "the internal network was 172.24.0.0/24 and stays 172.24.9.0/24: a running cloud's cannot move"
    same = replace(network, subnet=str(IPv4Network("172.24.0.0/24")))
    assert gone(desired(), replace(observed, networks={"n": same}, volumes=frozenset({"skylift-node1-mariadb"}))) == ()
    assert gone(desired(), Observed()) == ()
    assert gone(None, observed) == ()


def test_other_versions_are_told(tmp_path: Path) -> None:
    run = find_run(record(tmp_path, version="0.1.0").id, tmp_path)
    assert versions(run, "0.1.0", "2026.2") == ()
    assert [limit.kind for limit in versions(run, "0.2.0", "2027.1")] == ["version", "version"]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ({"nova": {"a"}, "nova_api": {"b"}}, {"nova": {"a"}, "nova_api": {"b"}, "glance": {"c"}}, True),
        ({"nova": {"a"}}, {"nova": {"z"}}, False),
        ({"nova": {"a"}}, {"nova": {"a"}, "nova_api": {"b"}}, False),
        ({}, {}, False),
        ({"glance": {"c"}}, {"glance": {"c"}}, False),
    ],
)
def test_schemas_are_the_same_only_when_known_to_be(
    old: dict[str, set[str]], new: dict[str, set[str]], same: bool
) -> None:
    frozen = [{name: frozenset(found) for name, found in one.items()} for one in (old, new)]
    assert same_schema(NOVA, *frozen) is same


class Store:
    """The images of the engine: all but those whose id begins with ``lost``."""

    def __init__(self, _: object) -> None:
        pass

    async def inspect(self, identity: str) -> object | None:
        return None if identity.startswith("lost") else object()


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A workspace whose present images are all ``new``; ``lists`` are the schema revisions by image."""
    lists = {"sha256:aaaa": "nova a\nnova_api b\n", "new": "nova a\nnova_api b\n"}

    async def copy_out(image: str, path: str, folder: Path, _: str) -> None:
        if image not in lists:
            raise Problem("engine-refused", "no such file")
        (folder / Path(path).name).write_text(lists[image])

    async def look(_: object) -> Any:
        names = ("mariadb", "nova-api", "nova-scheduler", "nova-schema")
        found = {name: SimpleNamespace(reference=f"skylift/{name}:2026.2", image_id="new") for name in names}
        return SimpleNamespace(found=found)

    monkeypatch.setattr(rollback_limits, "ImageStore", Store)
    monkeypatch.setattr(rollback_limits, "look_at_images", look)
    engine = SimpleNamespace(copy_out=copy_out)
    return SimpleNamespace(engine=engine, declared=(NOVA, MARIADB), cloud_name="skylift", lists=lists)


RUNNING = [state(name, "new") for name in (API, SCHEMA)]


async def test_images_go_back_where_the_schema_is_the_same(workspace: Any) -> None:
    found = await rollback_limits.pins(workspace, desired(), RUNNING)
    assert found.images == {
        f"skylift/{name}:2026.2": "sha256:aaaa" for name in ("mariadb", "nova-api", "nova-scheduler", "nova-schema")
    }
    assert [limit.kind for limit in found.limits] == ["image"]


@pytest.mark.parametrize("revisions", ["nova z\nnova_api b\n", None])
async def test_images_stay_where_a_migration_ran(workspace: Any, revisions: str | None) -> None:
    if revisions is None:
        del workspace.lists["new"]
    else:
        workspace.lists["new"] = revisions
    found = await rollback_limits.pins(workspace, desired(), RUNNING)
    assert found.images == {"skylift/mariadb:2026.2": "sha256:aaaa"}
    assert found.limits[0].kind == "schema"
    assert found.limits[0].text.startswith("nova_schema has run with another image since")


async def test_an_older_database_server_does_not_get_newer_data(workspace: Any) -> None:
    found = await rollback_limits.pins(workspace, desired(), [*RUNNING, state(DB, "new")])
    assert "skylift/mariadb:2026.2" not in found.images
    assert "mariadb has written its data with another image" in found.limits[0].text


async def test_images_that_are_gone_are_named(workspace: Any) -> None:
    found = await rollback_limits.pins(workspace, desired(image="lost"), [])
    assert found.images == {}
    assert "mariadb:2026.2, nova-api:2026.2" in found.limits[0].text


async def test_the_same_images_are_no_limit(workspace: Any) -> None:
    assert await rollback_limits.pins(workspace, desired(image="new"), RUNNING) == rollback_limits.Pins({}, ())
    assert (await rollback_limits.pins(workspace, None, [])).limits[0].kind == "image"


@dataclass
class Opened:
    """A rollback over a folder, with the use cases behind it replaced by what they were asked."""

    way: Rollback
    config: Path
    carried_out: list[Plan]
    kept: list[bytes]


@pytest.fixture
def open_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    config = tmp_path / "etc"
    config.mkdir()
    (config / "globals.yml").write_text("# old\nenable_octavia: no\n")
    run = find_run(record(tmp_path, config=config).id, tmp_path)
    back = look_at(config, str)
    (config / "globals.yml").write_text("enable_octavia: yes\n")
    plan = Plan("skylift", RECREATED)
    carried_out: list[Plan] = []
    kept: list[bytes] = []

    async def look(_: object) -> Any:
        return SimpleNamespace(plan=plan, observed=Observed())

    async def prepare(_: object) -> Any:
        return SimpleNamespace(plan=plan)

    async def execute(_: object, situation: Any) -> int:
        carried_out.append(situation.plan)
        return len(situation.plan)

    class Started:
        """A run that notes what the file said when the journal looked at it."""

        def __init__(self, _: object, verb: str, *__: object) -> None:
            assert verb == "rollback"

        def __enter__(self) -> Started:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def keep_input(self) -> None:
            kept.append((config / "globals.yml").read_bytes())

    for name, replacement in (("look", look), ("prepare", prepare), ("execute", execute), ("start", Started)):
        monkeypatch.setattr(rollback, name, replacement)
    limit = rollback_limits.Limit("password", "they stay")
    schema = rollback_limits.Limit("schema", "no migration is undone")
    workspace: Any = SimpleNamespace(mask=str)
    way = Rollback(run, workspace, restoration(back, config, str), (limit, schema), desired())
    return Opened(way, config, carried_out, kept)


async def test_schema_migrations_are_told_first(open_way: Opened) -> None:
    way = await open_way.way.propose()
    assert [limit.kind for limit in way.limits] == ["schema", "password"]
    assert way.as_dict()["files"][0]["diff"][3:] == ("-enable_octavia: yes", "+# old", "+enable_octavia: no")
    assert not way.empty


async def test_a_no_writes_nothing(open_way: Opened) -> None:
    seen: list[WayBack] = []

    def no(way: WayBack) -> bool:
        seen.append(way)
        return False

    result = await open_way.way.carry_out(lambda _: None, no)
    assert not result.confirmed
    assert len(seen) == 1
    assert sorted(path.name for path in open_way.config.iterdir()) == ["globals.yml"]
    assert (open_way.config / "globals.yml").read_text() == "enable_octavia: yes\n"
    assert open_way.carried_out == []


async def test_a_yes_puts_the_files_back_keeps_what_they_said_and_applies(open_way: Opened) -> None:
    result = await open_way.way.carry_out(lambda _: None, lambda _: True, stop=asyncio.Event())
    assert (open_way.config / "globals.yml").read_text() == "# old\nenable_octavia: no\n"
    assert (Path(result.copies) / "globals.yml").read_text() == "enable_octavia: yes\n"
    assert Path(result.copies).parent == open_way.config
    assert result.files == (str(open_way.config / "globals.yml"),)
    assert (result.changed, len(open_way.carried_out)) == (2, 1)
    assert open_way.kept == [b"# old\nenable_octavia: no\n"]


async def problem_of(reference: str, config: Path | None = None) -> str:
    with pytest.raises(Problem) as caught:
        async with opened(reference, config):
            pass
    return caught.value.code


async def test_what_there_is_no_way_back_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKYLIFT_STATE", str(tmp_path))
    config = tmp_path / "etc"
    config.mkdir()
    bare: Journal = record(tmp_path)
    run = record(tmp_path, start=1.8e9 + 1, config=config)
    assert await problem_of(bare.id) == "rollback-not-kept"
    assert await problem_of("zzzz") == "run-unknown"
    assert await problem_of(run.id) == "rollback-no-passwords"
    (config / "passwords.yml").write_text("")
    (config / "globals.yml").write_text("skylift_cloud_name: another\n")
    assert await problem_of(run.id) == "rollback-other-cloud"
    assert sorted(path.name for path in config.iterdir()) == ["globals.yml", "passwords.yml"]
    assert (config / "passwords.yml").read_text() == ""


async def test_the_way_is_opened_with_the_old_files_and_the_present_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skylift.app.workspace import Workspace

    monkeypatch.setenv("SKYLIFT_STATE", str(tmp_path))
    config = tmp_path / "etc"
    (config / "config").mkdir(parents=True)
    (config / "passwords.yml").write_text("database_password: hunter2hunter2\n")
    (config / "globals.yml").write_text("enable_octavia: no\n")
    (config / "config" / "nova.conf").write_text("[a]\nkey = hunter2hunter2\n")

    def mask(text: str) -> str:
        return text.replace("hunter2hunter2", "***")

    run = record(tmp_path, config=config, mask=mask)
    (config / "globals.yml").write_text("enable_octavia: yes\n")
    (config / "config" / "nova.conf").write_text("[b]\nkey = hunter2hunter2\n")
    asked: list[tuple[Path, dict[str, str]]] = []

    async def containers(_: str) -> list[ContainerState]:
        return []

    @asynccontextmanager
    async def open_(folder: Path, texts: dict[str, str]) -> AsyncIterator[Any]:
        asked.append((folder, texts))
        keys = SimpleNamespace(openstack_release="2026.2")
        engine = SimpleNamespace(containers=containers)
        yield SimpleNamespace(engine=engine, cloud_name="skylift", settings=SimpleNamespace(keys=keys))

    monkeypatch.setattr(Workspace, "open", open_)
    async with opened(run.id[:4]) as way:
        assert asked == [(config, {"globals.yml": "enable_octavia: no\n"})]
        assert way.workspace.overrides.files["nova.conf"].read() == "[a]\nkey = hunter2hunter2\n"
        assert [limit.kind for limit in way.limits] == ["image", "password"]
    assert (config / "globals.yml").read_text() == "enable_octavia: yes\n"
