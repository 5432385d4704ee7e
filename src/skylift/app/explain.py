"""Use case: say what an error message, a log or a failed run means. Nothing of the cloud is asked or touched."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from skylift import services
from skylift.doctor.likely import likely_errors
from skylift.doctor.lines import Line, read
from skylift.doctor.matcher import explain as explain_lines
from skylift.doctor.rulebook import load
from skylift.journal import RunSummary, list_runs, read_run
from skylift.model.finding import Finding
from skylift.model.naming import short
from skylift.model.problem import Problem

RUN = re.compile(r"last(-\d+)?|[0-9a-f]{4,8}|\d{8}\S*-[0-9a-f]{8}")
"""What may name a run: ``last``, an id or its beginning, a folder of the journal."""
FAILED = ("failed", "cut-off")


@dataclass(frozen=True)
class Explanation:
    """``subject`` is what was looked at; ``findings`` the most probable first; where there are none, ``likely`` are the
    lines that look like errors, and ``collect`` the commands that tell more. ``lines`` were read; ``run``: those that
    a run of the journal failed with.
    """

    subject: str
    lines: int
    findings: tuple[Finding, ...]
    likely: tuple[Line, ...] = ()
    collect: tuple[str, ...] = ()
    run: bool = False


def explain(argument: str | None, stdin: TextIO, journal: Path | None = None, now: float | None = None) -> Explanation:
    """Explain ``argument``: ``-`` (what comes on ``stdin``), a file, a run of the journal, or the text itself.

    Without one, the last run that failed. Raises Problem ``nothing-to-explain``, ``text-unreadable`` and what finding a
    run raises.
    """
    now = time.time() if now is None else now
    if argument is None:
        failed = next((run for run in list_runs(journal) if run.outcome in FAILED), None)
        if failed is None:
            raise Problem(
                code="nothing-to-explain",
                summary="There is nothing to explain",
                detail="no run in the journal failed, and no text was given",
                fix="Give the error's text, a file, or - for what comes through a pipe:\n"
                "skylift logs nova --since 30m | skylift explain -",
            )
        return _run(failed.id, journal, now)
    if argument == "-":
        return _explained("standard input", lambda: read(stdin), now)
    path = Path(argument).expanduser()
    if _is_file(path):
        return _explained(str(path), lambda: read(_texts(path), path.name), now)
    if RUN.fullmatch(argument) and (argument.startswith("last") or _known(argument, journal)):
        return _run(argument, journal, now)
    if "/" in argument and not re.search(r"\s|://", argument):
        raise _unreadable(path, "there is no such file, and it is no text of an error")
    return _explained("this text", lambda: read(argument.splitlines()), now)


def service_of() -> Callable[[str], str]:
    """Return what tells the service of a container by the container's name, empty for one that is not known."""
    declared = services.load()
    known = {container.name: one.name for one in declared for container in one.containers}
    known |= {job.name: one.name for one in declared for job in one.jobs}
    return lambda container: known.get(container.partition("@")[0], "")


def _explained(subject: str, lines: Callable[[], Iterable[Line]], now: float) -> Explanation:
    kept = list(lines())
    findings = explain_lines(kept, load(), now, service_of())
    if findings:
        return Explanation(subject, len(kept), findings)
    likely = likely_errors(kept)
    return Explanation(subject, len(kept), (), likely, collect(line.source for line in likely))


def collect(containers: Iterable[str]) -> tuple[str, ...]:
    """Return commands that tell more: the state of all, the logs of these containers, and all of it for others."""
    named = [name for name in dict.fromkeys(containers) if name] or ["SERVICE"]
    logs = (f"skylift logs {name} --since 30m | skylift explain -" for name in named[:3])
    return ("skylift status", *logs, "skylift report")


def _run(reference: str, journal: Path | None, now: float) -> Explanation:
    record = read_run(reference, journal)
    lines = list(_of_run(record.summary, ((one.kind, one.wall, one.fields) for one in record.events)))
    subject = f"run {record.summary.id} (skylift {record.summary.verb}, {record.summary.outcome})"
    return replace(_explained(subject, lambda: lines, now), run=True)


def _of_run(run: RunSummary, events: Iterable[tuple[str, float, Any]]) -> Iterator[Line]:
    """Yield what a run's failed steps and its end tell, each line with the container it is about."""
    told = set()
    for kind, wall, fields in events:
        problem = fields.get("problem") if kind == "step-finished" else None
        if problem:
            told.add(problem.get("detail", ""))
            source = short(problem.get("where") or fields.get("step", "").partition(":")[2])
            yield from _of_problem(problem, source, wall)
    for problem in (run.problem or {}).get("problems") or ([run.problem] if run.problem else []):
        if problem.get("detail", "") not in told:
            yield from _of_problem(problem, problem.get("where", ""), run.started + (run.seconds or 0.0))


def _of_problem(problem: Any, source: str, wall: float) -> Iterator[Line]:
    for text in (problem.get("summary", ""), *problem.get("detail", "").splitlines()):
        yield Line(text, source, wall, problem.get("code", ""))


def _known(reference: str, journal: Path | None) -> bool:
    return any(run.id.startswith(reference) or run.folder.name == reference for run in list_runs(journal))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file() or path.is_fifo()
    except (OSError, ValueError):
        return False  # a text that is too long for a name


def _texts(path: Path) -> Iterator[str]:
    """Yield the lines of a file, also of one that logrotate has compressed. Raises Problem ``text-unreadable``."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
                yield from file
        else:
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from file
    except (OSError, EOFError) as error:
        raise _unreadable(path, getattr(error, "strerror", "") or str(error)) from error


def _unreadable(path: Path, why: str) -> Problem:
    return Problem(
        code="text-unreadable",
        summary="The text to explain cannot be read",
        detail=why,
        fix="Give a file that is there and that you may read, - for standard input, or the error's text in quotes.",
        where=str(path),
    )
