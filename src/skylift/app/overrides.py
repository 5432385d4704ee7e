"""What the user's overrides come to: the lists of options are in the images, and kept once they were read."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from skylift.app.workspace import Workspace
from skylift.desired.options import Known
from skylift.desired.overrides_report import option_lists, without_effect
from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired
from skylift.model.event import Notice
from skylift.model.problem import Problem

FOLDER = "/usr/share/skylift/options"
"""Where an image has ``SERVICE.json``, made when it was built."""
KEPT = 4
"""Lists of so many images are kept."""


async def judge(workspace: Workspace, desired: Desired) -> tuple[Notice, ...]:
    """Return the notices about overrides. The engine is asked only when there are some whose options it knows."""
    known: dict[str, Known] = {}
    if workspace.overrides:
        for name, spec in option_lists(desired, workspace.declared).items():
            known |= {} if name in known else await _lists(workspace, spec)
    return without_effect(desired, workspace.overrides, workspace.declared, known)


async def _lists(workspace: Workspace, spec: ContainerSpec) -> dict[str, Known]:
    """Return the lists of the container's image; none when it is not here, or is another's and has none."""
    if not spec.image_id:
        return {}
    import platformdirs

    cache = platformdirs.user_cache_path("skylift") / "options"
    folder = cache / spec.image_id.removeprefix("sha256:")[:24]
    if not folder.is_dir():
        try:
            await _fetch(workspace, spec.image_id, folder)
        except (Problem, OSError):
            # Without a list no option is called unknown: nothing else depends on it.
            return {}
        _prune(cache, folder)
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}


async def _fetch(workspace: Workspace, image: str, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as scratch:
        await workspace.engine.copy_out(image, FOLDER, Path(scratch), workspace.cloud_name)
        (Path(scratch) / Path(FOLDER).name).replace(folder)


def _prune(cache: Path, fresh: Path) -> None:
    others: Iterable[Path] = (path for path in cache.iterdir() if path != fresh and not path.name.startswith("."))
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
