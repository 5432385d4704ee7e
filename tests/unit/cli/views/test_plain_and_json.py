"""The views for logs and for programs."""

from __future__ import annotations

import io
import json

from skylift.cli.views.json import JsonView, problem_dict
from skylift.cli.views.plain import PlainView
from skylift.model.event import Event, PhaseStarted, RunResult, StepStarted, from_dict
from skylift.model.problem import Problem, Problems

Recording = list[tuple[float, Event]]


def plain(recording: Recording) -> list[str]:
    stream, now = io.StringIO(), 0.0
    view = PlainView(stream, lambda: "12:00:00", lambda: now)
    for now, event in recording:  # noqa: B007 - the clock reads it
        view(event)
    return stream.getvalue().splitlines()


def test_a_log_has_one_line_for_what_began_or_ended(failed_run: Recording) -> None:
    assert plain(failed_run) == [
        "12:00:00 warning: globals.yml:3: enable_haproxy has no effect here",
        "12:00:00 images: begins",
        "12:00:00 images: done in 0.4 s (27 images are there)",
        "12:00:00 apply: begins, 6 steps",
        "12:00:00   volume 2 volumes: ok in 0.2 s",
        "12:00:00   container mariadb: failed in 3.0 s (A container ended that should keep running)",
        "12:00:00   not begun, for what they need failed: nova_api",
        "12:00:00 apply: done in 3.5 s",
    ]


def test_a_log_says_why_something_was_made_anew(good_run: Recording) -> None:
    assert "12:00:00   container nova_api: ok in 11 s (nova.conf changed)" in plain(good_run)


def test_a_build_says_when_it_begins() -> None:
    begun = [(0.0, PhaseStarted("images")), (0.0, StepStarted("image base", "image.build", "base"))]
    assert plain(begun)[-1] == "12:00:00   image base begins"


def test_each_event_is_a_json_line_with_its_time_and_can_be_read_back(good_run: Recording) -> None:
    stream, now = io.StringIO(), 100.0
    with JsonView(stream, lambda: now) as view:
        view(RunResult({"changed": 6}))
        for at, event in good_run:
            now = 100.0 + at
            view(event)
    *events, result = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(round(e["t"], 3), from_dict(e)) for e in events] == [(round(at, 3), event) for at, event in good_run]
    assert result == {"t": 14.0, "kind": "run-result", "changed": 6}
    assert from_dict(result) == RunResult({"changed": 6})


def test_several_problems_are_all_in_the_json_form() -> None:
    both = Problems((Problem("a-one", "One"), Problem("a-two", "Two", where="globals.yml:2")))
    assert [problem["code"] for problem in problem_dict(both)["problems"]] == ["a-one", "a-two"]
    assert problem_dict(Problem("a-one", "One"))["problems"][0]["summary"] == "One"
