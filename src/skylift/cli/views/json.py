"""Results and events as JSON: one document for a result, one line an event for a run."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self, TextIO

from skylift.model.event import Event, RunResult
from skylift.model.problem import Problem, Problems


class JsonView:
    """A sink that writes each event as a line, with ``t``: seconds since the view was made, as in the journal."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.stream = sys.stdout if stream is None else stream
        self.clock = clock
        self.begun = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    @contextmanager
    def pause(self) -> Iterator[None]:
        """JSON has no moving part."""
        yield

    def __call__(self, event: Event) -> None:
        """Write one line."""
        self.line({"t": round(self.clock() - self.begun, 3), **event.as_dict()})

    def result(self, value: dict[str, Any]) -> None:
        """Write the last line of a run: ``{"kind": "run-result", "values": {…}}``."""
        self(RunResult(value))

    def line(self, value: dict[str, Any]) -> None:
        """Write a value as one line at once, so that a reader sees it when it happens."""
        self.stream.write(json.dumps(value, ensure_ascii=False) + "\n")
        self.stream.flush()


def document(value: Any, stream: TextIO | None = None) -> None:
    """Write one JSON document, indented: people read it too."""
    stream = sys.stdout if stream is None else stream
    stream.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def problem_dict(problem: Problem) -> dict[str, Any]:
    """Return ``{"problems": [{code, summary, detail, fix, where}, …]}``."""
    several = problem.problems if isinstance(problem, Problems) else (problem,)
    return {"problems": [each.as_dict() for each in several]}
