import pytest

from skylift.engines import Engine
from skylift.execute.handlers import EngineHandlers
from skylift.model.container import ContainerSpec
from skylift.model.plan import Operation
from skylift.model.problem import Problem

SPEC = ContainerSpec("mine-node1-agent", "agent", "nova", "node1", "skylift/agent:1")
START = Operation("container.start:a", "container.start", SPEC.name, "it is not there", payload=SPEC)


class RefusingEngine(Engine):
    """An engine that refuses some starts and keeps what it was asked for."""

    def __init__(self, *refusals: str) -> None:
        self.refusals = list(refusals)
        self.calls: list[str] = []

    async def start_container(self, name: str) -> None:
        self.calls.append("start")
        if self.refusals:
            raise Problem("engine-refused", "The container engine refused a request", self.refusals.pop(0))

    async def remove_container(self, name: str) -> None:
        self.calls.append("remove")

    async def create_container(self, spec: ContainerSpec, cloud: str) -> None:
        self.calls.append(f"create {spec.name} of {cloud}")


async def started(engine: RefusingEngine) -> list[str]:
    await EngineHandlers(engine, "mine", lambda _: None).container_start(START)
    return engine.calls


@pytest.mark.parametrize("refusal", ["start a: id already in use", "start a: task 8b1a80: already exists"])
async def test_what_a_killed_engine_left_under_an_id_is_got_round(refusal: str) -> None:
    assert await started(RefusingEngine(refusal)) == ["start", "remove", f"create {SPEC.name} of mine", "start"]


async def test_any_other_refusal_is_told() -> None:
    engine = RefusingEngine("start a: no such image")
    with pytest.raises(Problem, match="refused"):
        await started(engine)
    assert engine.calls == ["start"]


async def test_it_is_tried_once_only() -> None:
    engine = RefusingEngine(*["start a: id already in use"] * 2)
    with pytest.raises(Problem, match="refused"):
        await started(engine)
    assert engine.calls.count("start") == 2
