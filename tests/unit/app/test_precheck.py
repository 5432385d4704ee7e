"""What the checks are given: images that a registry refuses are reported with everything else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from skylift.app import images as module
from skylift.app.images import look_at_images
from skylift.app.workspace import Workspace
from skylift.images import Resolved, Source
from skylift.model.problem import Problem
from skylift.model.service_image import Image

NAMES = (Image("nova-api", "openstack", "nova"), Image("mariadb-server", "mariadb", "mysql"))
MISSING = Problem("image-tag-missing", "An image of the plan is not in the registry", "nova-api:x\nnearest: y")


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose registry does not have the images."""

    async def resolve(_: object, wanted: Any, source: Source) -> dict[str, Resolved]:
        if source.pulled:
            raise MISSING
        return {one.name: Resolved(one.name, one.name, "sha256:1") for one in wanted}

    monkeypatch.setattr(module, "resolve", resolve)
    source = Source(registry="r.example:5000", namespace="kolla", release="2026.2", openstack_tag="x")
    return cast(Workspace, SimpleNamespace(engine=None, images=NAMES, source=source, pinned={}))


async def test_a_plan_ends_at_once(refused: Workspace) -> None:
    with pytest.raises(Problem) as caught:
        await look_at_images(refused)
    assert caught.value is MISSING


async def test_the_checks_go_on_and_report_it(refused: Workspace) -> None:
    found = await look_at_images(refused, lenient=True)
    assert found.problem is MISSING
    assert not found.complete
    assert {"nova-api", "mariadb-server"} <= set(found.missing)
    assert found.reference("nova-api") == (refused.source.reference("nova-api"), "")


async def test_what_is_built_here_is_never_passed_over(refused: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> dict[str, Resolved]:
        raise Problem("recipe-invalid", "A recipe cannot be read")

    monkeypatch.setattr(module, "resolve", broken)
    built = cast(Workspace, SimpleNamespace(**vars(refused) | {"source": Source()}))
    with pytest.raises(Problem, match="recipe"):
        await look_at_images(built, lenient=True)
