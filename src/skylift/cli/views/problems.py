"""A problem as its reader sees it: what, where, the evidence, and what to do."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from skylift.model.problem import Problem, Problems


def show(console: Console, problem: Problem) -> None:
    """Print a problem, or all of several, to the console."""
    for each in problem.problems if isinstance(problem, Problems) else (problem,):
        console.print(render(each))


def render(problem: Problem, mark: str = "✗", style: str = "bold red") -> Text:
    """Return summary behind its mark, then where, detail and fix indented under it."""
    text = Text.assemble((f"{mark} ", style), (problem.summary, style))
    if problem.where:
        text.append("\n  where  ", "dim").append(problem.where)
    if problem.detail:
        for line in problem.detail.rstrip().splitlines():
            text.append(f"\n  {line}")
    if problem.fix:
        first, *rest = problem.fix.rstrip().splitlines()
        text.append("\n  fix    ", "dim").append(first, "green")
        for line in rest:
            text.append(f"\n         {line}", "green")
    return text
