"""What the process of a node's container starts again."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.engines import wake

NODE = "c-node1"
BEFORE, SINCE, AFTER = "2026-11-30T17:02:50.9Z", "2026-11-30T17:02:51.000000001Z", "2026-11-30T17:02:51.1Z"


def state(**values: Any) -> dict[str, Any]:
    """Return a container's state: it runs since after the node's start unless ``values`` say otherwise."""
    usual = {"Running": True, "Paused": False, "Restarting": False, "Error": ""}
    return {**usual, "StartedAt": AFTER, "FinishedAt": "0001-01-01T00:00:00Z", **values}


class Engine:
    """An engine with a node, joined containers by name, and others that are none of its business."""

    def __init__(self, **containers: dict[str, Any]) -> None:
        self.states = containers
        self.asked: list[str] = []
        self.refuse: set[str] = set()
        self.shown = {
            name: self._shown(name, state, network="container:n0d3", restart="no" if name == "job" else "always")
            for name, state in containers.items()
        }
        self.shown["foreign"] = self._shown("foreign", state(Running=False), network="container:0th3r")

    @staticmethod
    def _shown(name: str, state: dict[str, Any], network: str = "", restart: str = "always") -> dict[str, Any]:
        labels = {"io.skylift.cloud": "c"}
        host = {"NetworkMode": network, "RestartPolicy": {"Name": restart}}
        return {
            "Id": f"id-{name}",
            "Name": f"/{name}",
            "State": state,
            "HostConfig": host,
            "Config": {"Labels": labels},
        }

    def __call__(self, method: str, path: str) -> Any:
        """Answer as the engine does."""
        if path == f"/containers/{NODE}/json":
            return {**self._shown(NODE, state(StartedAt=SINCE)), "Id": "n0d3"}
        if path.startswith("/containers/json"):
            assert json.loads(unquote(path.partition("filters=")[2])) == {"label": ["io.skylift.cloud=c"]}
            return list(self.shown.values())
        name, _, what = path.removeprefix("/containers/id-").partition("/")
        if method == "GET":
            return self.shown[name]
        self.asked.append(f"{what} {name}")
        if name in self.refuse:
            raise OSError("409: it is being removed")
        self.states[name].update(state(FinishedAt=BEFORE))
        return None


def test_what_the_engine_left_behind_is_started() -> None:
    engine = Engine(
        fine=state(),
        dead=state(Running=False, FinishedAt=BEFORE),
        refused=state(Running=False, FinishedAt=AFTER, Error="cannot join network of a non running container"),
        cut_off=state(StartedAt=BEFORE),
        new=state(Running=False, StartedAt="0001-01-01T00:00:00Z"),
        stopped=state(Running=False, FinishedAt=AFTER),
        held=state(Paused=True, StartedAt=BEFORE),
        looping=state(Running=False, Restarting=True, FinishedAt=BEFORE),
        job=state(Running=False, FinishedAt=BEFORE),
    )
    assert wake.look_after(engine, NODE) == 3
    assert engine.asked == ["restart cut_off", "start dead", "start refused"]
    assert wake.look_after(engine, NODE) == 0


def test_one_that_cannot_be_started_keeps_no_other_from_it(capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine(one=state(Running=False, FinishedAt=BEFORE), two=state(Running=False, FinishedAt=BEFORE))
    engine.refuse.add("one")
    assert (wake.look_after(engine, NODE), engine.asked) == (2, ["start one", "start two"])
    assert capsys.readouterr().out == "start one\n  409: it is being removed\nstart two\n"
    assert wake.look_after(engine, NODE) == 1


def test_it_sleeps_when_nothing_is_due_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that does not answer yet is asked again."""
    rounds = [OSError("no such file"), 3, 0, 1, 0, 0]
    slept: list[float] = []
    became: list[str] = []

    def look_after(ask: object, name: str) -> int:
        found = rounds.pop(0)
        if isinstance(found, OSError):
            raise found
        assert isinstance(found, int)
        return found

    monkeypatch.setattr(wake, "look_after", look_after)
    monkeypatch.setattr("skylift.engines.wake.time.sleep", slept.append)
    monkeypatch.setattr("skylift.engines.wake.os.execv", lambda path, arguments: became.extend(arguments))
    wake.main(NODE)
    assert (rounds, len(slept), became) == ([], 6, ["sleep", "infinity"])


@given(st.integers(0, 999_999_999), st.integers(0, 999_999_999))
def test_times_compare_with_any_number_of_digits(first: int, second: int) -> None:
    one, other = (f"2026-11-30T17:02:51.{number:09}".rstrip("0").rstrip(".") + "Z" for number in (first, second))
    assert (wake.moment(one) < wake.moment(other)) == (first < second)


def test_those_that_others_wait_for_are_started_first() -> None:
    engine = Engine(**{name: state(Running=False, FinishedAt=BEFORE) for name in ("api", "base", "database", "web")})
    for name, shares in (("base", 8192), ("database", 8192), ("web", 512)):
        engine.shown[name]["HostConfig"]["CpuShares"] = shares
    assert wake.look_after(engine, NODE) == 4
    assert engine.asked == ["start base", "start database", "start api", "start web"]
