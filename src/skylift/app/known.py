"""What the rules know of a failed operation, told with the failure itself: to the user, the journal and programs."""

from __future__ import annotations

from collections.abc import Mapping

from skylift.app.explain import service_of
from skylift.doctor.lines import Line
from skylift.doctor.matcher import explain
from skylift.doctor.rulebook import load
from skylift.execute.walk import Handler
from skylift.model.plan import Operation
from skylift.model.problem import Problem


def telling(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """Return handlers whose problems say what a rule knows of the lines in their detail."""
    return {action: _telling(handler) for action, handler in handlers.items()}


def _telling(handler: Handler) -> Handler:
    async def carry_out(operation: Operation) -> str:
        try:
            return await handler(operation)
        except Problem as problem:
            told = explained(problem)
            if told is problem:
                raise
            raise told from problem

    return carry_out


def explained(problem: Problem) -> Problem:
    """Return the problem with the most probable cause before its detail and the remedy before its fix; itself when no
    rule knows its detail. Code and summary stay.
    """
    lines = [Line(text, problem.where) for text in problem.detail.splitlines()]
    found = explain(lines, load(), service_of=service_of())
    if not found:
        return problem
    first = found[0]
    said = f"{first.summary} ({first.code}). {first.cause}"
    return problem.but(detail=f"{said}\n{problem.detail}", fix="\n".join(filter(None, (first.fix, problem.fix))))
