from collections.abc import Iterator
from dataclasses import replace

import pytest

from skylift.engines import Engine
from skylift.execute import ready
from skylift.execute.ready import wait_ready
from skylift.model.container import ContainerSpec, ContainerState
from skylift.model.event import Event
from skylift.model.problem import Problem

SPEC = ContainerSpec("mine-node1-agent", "agent", "nova", "node1", "skylift/agent:1", timeout=5)
STATE = ContainerState(SPEC.name, "id", SPEC.image, "sha256:1", status="running")


class SeenEngine(Engine):
    """An engine that shows a container in one state after another, the last for ever."""

    def __init__(self, *states: ContainerState) -> None:
        self.states = list(states)

    async def container(self, name: str) -> ContainerState | None:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    async def tail(self, name: str, lines: int) -> list[str]:
        return ["it said this"]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ready, "FIRST_PAUSE", 0.001)
    yield


def restarted(count: int, status: str = "running") -> ContainerState:
    return replace(STATE, restarts=count, status=status, exit_code=139)


async def wait(*states: ContainerState) -> tuple[str, list[Event]]:
    events: list[Event] = []
    return await wait_ready(SeenEngine(*states), SPEC, "step", events.append), events


async def test_one_that_ends_once_while_others_start_is_waited_for() -> None:
    said, events = await wait(restarted(0, "restarting"), restarted(1, "restarting"), restarted(2))
    assert (said, len(events)) == ("running", 1)


async def test_restarts_of_its_past_do_not_count() -> None:
    assert (await wait(restarted(40, "restarting"), restarted(41)))[0] == "running"


async def test_one_that_ends_again_and_again_is_told_with_its_last_lines() -> None:
    with pytest.raises(Problem, match="A container ended") as caught:
        await wait(*(restarted(7 + count, "restarting") for count in range(5)))
    assert "exit code 139" in caught.value.detail and "it said this" in caught.value.detail


async def test_one_that_is_not_started_again_is_told() -> None:
    with pytest.raises(Problem, match="A container ended"):
        await wait(restarted(0, "restarting"), restarted(1, "exited"))
