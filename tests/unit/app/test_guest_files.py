import asyncio
import tempfile
from pathlib import Path

import pytest

from skylift.app.guest_files import GuestFiles, sweep
from skylift.engines import Engine


class CopyEngine(Engine):
    """An engine of which nothing but copying out of an image is asked."""

    def __init__(self) -> None:
        self.clouds: list[str] = []

    async def copy_out(self, image: str, path: str, folder: Path, cloud: str) -> None:
        self.clouds.append(cloud)
        (folder / Path(path).name).mkdir()
        (folder / Path(path).name / "kernel").write_text(image)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_copies_are_made_once_and_are_gone_at_the_end(temporary: Path) -> None:
    engine = CopyEngine()
    with GuestFiles(engine, "tiny:1", "mine") as files:
        first, second = (asyncio.run(files.fetch(path)) for path in ("/any/kernel", "/any/other"))
        assert (first.read_text(), second.parent, engine.clouds) == ("tiny:1", first.parent, ["mine"])
    assert list(temporary.iterdir()) == []


def test_what_a_killed_run_left_is_swept(temporary: Path) -> None:
    with GuestFiles(CopyEngine(), "tiny:1", "mine") as files:
        left = asyncio.run(files.fetch("/any/kernel")).parents[1]
    left.mkdir()
    sweep("mine")
    assert not left.exists()


def test_another_clouds_copies_stay(temporary: Path) -> None:
    with GuestFiles(CopyEngine(), "tiny:1", "mine-too") as files:
        kept = asyncio.run(files.fetch("/any/kernel"))
        sweep("mine")
        assert kept.exists()
        sweep("mine-too")
        assert not kept.exists()
