"""The lists of options: read from an image once, kept by its id, done without where there are none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import platformdirs
import pytest
from tests.contracts.fixture import desired

from skylift import services
from skylift.app import overrides
from skylift.model.problem import Problem
from skylift.settings import Overrides

WRONG = {"nova.conf": "[DEFAULT]\nmy_ipp = 1\n"}


class Engine:
    """Has one image, whose lists know one option, or none at all."""

    def __init__(self, has: bool = True) -> None:
        self.has = has
        self.copied: list[str] = []

    async def copy_out(self, image: str, path: str, folder: Path, cloud: str) -> None:
        assert (path, cloud) == ("/usr/share/skylift/options", "golden")
        self.copied.append(image)
        if not self.has:
            raise Problem("engine-refused", "The container engine refused a request")
        (folder / "options").mkdir()
        (folder / "options/nova.json").write_text(json.dumps({"DEFAULT": {"my_ip": False}}))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / name)
    return tmp_path / "skylift" / "options"


def workspace(engine: Engine, texts: dict[str, str]) -> Any:
    return SimpleNamespace(engine=engine, overrides=Overrides.of(texts), declared=services.load(), cloud_name="golden")


async def said(engine: Engine, texts: dict[str, str]) -> list[str]:
    return [notice.where for notice in await overrides.judge(workspace(engine, texts), desired(texts))]


def count(folder: Path) -> int:
    return len(list(folder.iterdir()))


async def test_the_image_is_asked_once(cache: Path) -> None:
    engine = Engine()
    for _ in range(2):
        assert await said(engine, WRONG) == ["config/nova.conf:2"]
    assert len(engine.copied) == 1
    assert count(cache) == 1


async def test_the_engine_is_left_alone_without_overrides_and_where_there_is_no_list() -> None:
    engine = Engine()
    assert await said(engine, {}) == []
    assert await said(engine, {"galera.cnf": "[mariadbd]\nnobody-knows = 1\n"}) == []
    assert engine.copied == []


async def test_an_image_without_lists_condemns_nothing(cache: Path) -> None:
    engine = Engine(has=False)
    assert await said(engine, WRONG) == []
    assert engine.copied and count(cache) == 0


async def test_an_image_that_is_not_here_is_not_asked() -> None:
    wanted = desired(WRONG)
    absent = replace(wanted, containers=tuple(replace(spec, image_id="") for spec in wanted.containers))
    engine = Engine()
    assert await overrides.judge(workspace(engine, WRONG), absent) == ()
    assert engine.copied == []


async def test_lists_of_former_images_go(cache: Path) -> None:
    for number in range(9):
        (cache / f"old{number}").mkdir(parents=True)
    await said(Engine(), WRONG)
    assert count(cache) == overrides.KEPT
