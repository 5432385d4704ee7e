"""Times that --since takes, and the merge of several containers' output."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import pytest

from skylift.app import logs
from skylift.app.workspace import Workspace
from skylift.model.container import LABEL, ContainerState
from skylift.model.problem import Problem


@pytest.mark.parametrize(("text", "ago"), [("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86400)])
def test_how_long_ago(text: str, ago: int) -> None:
    assert logs.since_when(text, 1_000_000.0) == 1_000_000 - ago


def test_a_date_is_local_time() -> None:
    wanted = int(time.mktime((2026, 11, 24, 8, 30, 0, 0, 0, -1)))
    assert logs.since_when("2026-11-24T08:30", 0.0) == wanted


@pytest.mark.parametrize("text", ["", "10", "yesterday", "-5m", "2026-13-01"])
def test_what_is_no_time_is_a_problem(text: str) -> None:
    with pytest.raises(Problem) as caught:
        logs.since_when(text, 0.0)
    assert caught.value.code == "since-unclear"


@dataclass
class FakeEngine:
    """The engine's list of containers."""

    states: tuple[ContainerState, ...]

    async def containers(self, cloud: str) -> tuple[ContainerState, ...]:
        return self.states


@dataclass
class FakeWorkspace:
    """A workspace whose one password is ``hush``."""

    engine: FakeEngine
    cloud_name: str = "skylift"

    def mask(self, text: str) -> str:
        return text.replace("hush", "***")


OUTPUT = {
    "skylift-node1-nova_api": [("2026-01-01T00:00:01Z", "one"), ("2026-01-01T00:00:03Z", "three: hush")],
    "skylift-node1-nova_scheduler": [("2026-01-01T00:00:02Z", "two")],
}


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Workspace:
    async def lines(_: Any, name: str, **__: Any) -> AsyncIterator[tuple[str, str]]:
        for line in OUTPUT[name]:
            yield line

    monkeypatch.setattr(logs, "lines", lines)
    states = tuple(
        ContainerState(name, "1", "i", "i", {LABEL + "service": "nova", LABEL + "container": name.split("-", 2)[2]})
        for name in OUTPUT
    )
    return cast(Workspace, FakeWorkspace(FakeEngine(states)))


async def test_lines_of_a_service_come_in_order_of_time_without_passwords(workspace: Workspace) -> None:
    found = [(line.container, line.text) async for line in logs.logs(workspace, "nova")]
    assert found == [("nova_api", "one"), ("nova_scheduler", "two"), ("nova_api", "three: ***")]


async def test_following_gives_every_line(workspace: Workspace) -> None:
    found = {line.text async for line in logs.logs(workspace, "nova", follow=True)}
    assert found == {"one", "two", "three: ***"}
