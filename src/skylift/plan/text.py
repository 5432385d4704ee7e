"""A plan as plain text: what a journal keeps for those who read it without Skylift. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.model.naming import short
from skylift.model.plan import AWAITED, Change, Operation, Plan


def text(plan: Plan) -> str:
    """Return the plan: by service what happens to each container and why, with diffs; then all other operations."""
    return "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    if plan.empty:
        yield "nothing to do"
        return
    yield from plan.notes
    for service in dict.fromkeys(change.service for change in plan.changes):
        yield service
        for change in plan.changes:
            if change.service == service:
                yield from _change(change)
    told = {change.target for change in plan.changes}
    others = [operation for operation in plan if operation.target not in told and operation.cause != AWAITED]
    if others:
        yield "besides"
        yield from map(_operation, others)
    outlook = plan.outlook
    if outlook is not None:
        yield f"takes about {outlook.seconds:.0f} s"
        for one in outlook.interruptions:
            yield f"without {one.what} for about {one.seconds:.0f} s"
        for guests in outlook.guests:
            yield f"guests: {guests}"


def _change(change: Change) -> Iterator[str]:
    yield f"  {change.verdict} {short(change.target)}"
    for cause in change.causes:
        yield f"    {cause}"
    for diff in change.diffs:
        yield f"    {diff.name}"
        for line in diff.lines:
            yield f"      {line}"


def _operation(operation: Operation) -> str:
    return f"  {operation.action} {short(operation.target)}: {operation.cause}"
