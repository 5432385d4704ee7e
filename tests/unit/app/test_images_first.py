"""Nothing of a cloud is touched before every image of the plan is on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.unit.plan.world import desired, spec

from skylift.app import apply as module
from skylift.app.images import Images
from skylift.app.run import Run
from skylift.app.situation import Situation
from skylift.app.workspace import Workspace
from skylift.images import Resolved
from skylift.model.cloud import Machine
from skylift.model.observed import Observed
from skylift.model.plan import Plan
from skylift.model.problem import Problem
from skylift.plan.make import make

WANTED = desired(spec("api", "nova"))
ABSENT = Images({"nova-api": Resolved("nova-api", "skylift/nova-api:1")})
PRESENT = Images({"nova-api": Resolved("nova-api", "skylift/nova-api:1", "sha256:1")})
TIMED_OUT = Problem("image-pull-failed", "An image could not be pulled", "nova-api: timed out")


class Machinery:
    """Stands in for what ``apply`` calls, and notes in which order it was called; ``pull`` may fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pull: Problem | None) -> None:
        self.called: list[str] = []
        self.images = ABSENT
        self.pull = pull
        for name in ("start", "look", "check", "refuse", "provide", "look_at_images", "find_out", "execute"):
            monkeypatch.setattr(module, name, getattr(self, name))

    @contextmanager
    def start(self, workspace: Workspace, *_: object) -> Iterator[Run]:
        yield cast(Run, self)

    def __call__(self, _: object) -> None:
        """Take an event."""

    @property
    def workspace(self) -> Workspace:
        return cast(Workspace, self)

    @property
    def journal(self) -> Any:
        return SimpleNamespace(plan=lambda plan, text: None)

    @contextmanager
    def phase(self, name: str, _total: int = 0) -> Iterator[None]:
        yield

    async def look(self, *_: object, **__: object) -> Situation:
        self.called.append("look")
        return Situation(Observed(), WANTED, make(WANTED, Observed()), self.images)

    async def check(self, *_: object) -> tuple[()]:
        self.called.append("check")
        return ()

    def refuse(self, _: object) -> None:
        """Have nothing to refuse."""

    async def provide(self, *_: object) -> None:
        self.called.append("provide")
        if self.pull:
            raise self.pull
        self.images = PRESENT

    async def look_at_images(self, *_: object) -> Images:
        return self.images

    async def find_out(self, *_: object) -> Machine:
        return Machine("qemu", "test", "netdev", "test")

    async def execute(self, _: object, situation: Situation) -> int:
        assert situation.images.complete
        self.called.append("execute")
        return len(situation.plan)

    def yes(self, _: Plan) -> bool:
        self.called.append("ask")
        return True


async def test_images_come_after_the_checks_and_before_the_first_change(monkeypatch: pytest.MonkeyPatch) -> None:
    machinery = Machinery(monkeypatch, None)
    result = await module.apply(machinery.workspace, machinery, machinery.yes)
    assert machinery.called == ["look", "check", "provide", "look", "ask", "execute"]
    assert result.changed > 0


async def test_a_pull_that_times_out_leaves_all_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    machinery = Machinery(monkeypatch, TIMED_OUT)
    with pytest.raises(Problem) as caught:
        await module.apply(machinery.workspace, machinery, machinery.yes)
    assert caught.value is TIMED_OUT
    assert machinery.called == ["look", "check", "provide"]
