"""Find the checks and run them all, so that one run shows everything that is wrong."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable

from skylift.doctor import prechecks
from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem, Problems

Check = Callable[[Context], Problem | None]

NO_CHECKS = frozenset({"context", "run"})


def discover() -> dict[str, Check]:
    """Return every check by the name of its file, in order of name."""
    return {
        module.name: importlib.import_module(f"{prechecks.__name__}.{module.name}").check
        for module in sorted(pkgutil.iter_modules(prechecks.__path__), key=lambda module: module.name)
        if module.name not in NO_CHECKS
    }


def find_problems(context: Context, checks: Iterable[Check] | None = None) -> tuple[Problem, ...]:
    """Return what the checks found. They look at facts that were read side by side and take no time themselves."""
    found = (check(context) for check in (discover().values() if checks is None else checks))
    return tuple(problem for problem in found if problem is not None)


def run_prechecks(context: Context) -> None:
    """Raise Problems with everything that is wrong (the Problem itself when it is one); return when nothing is."""
    problems = find_problems(context)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise Problems(problems)
