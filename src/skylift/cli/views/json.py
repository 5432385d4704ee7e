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
        self._last: RunResult | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._last is not None:
            self._write(self._last)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """JSON has no moving part."""
        yield

    def __call__(self, event: Event) -> None:
        """Write one line. A result waits for the end, so that it is the last."""
        if isinstance(event, RunResult):
            self._last = event
        else:
            self._write(event)

    def _write(self, event: Event) -> None:
        line = {"t": round(self.clock() - self.begun, 3), **event.as_dict()}
        self.stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        # At once, so that a reader sees it when it happens.
        self.stream.flush()


def document(value: Any, stream: TextIO | None = None) -> None:
    """Write one JSON document, indented: people read it too."""
    stream = sys.stdout if stream is None else stream
    stream.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def problem_dict(problem: Problem) -> dict[str, Any]:
    """Return ``{"problems": [{code, summary, detail, fix, where}, …]}``."""
    several = problem.problems if isinstance(problem, Problems) else (problem,)
    return {"problems": [each.as_dict() for each in several]}
