"""Find the checks and run them all, so that one run shows everything that is wrong."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast

from skylift.doctor import prechecks
from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem, Problems


class Check(Protocol):
    """A module of this folder. One that also has ``warn`` tells what is no reason to refuse, and worth knowing."""

    def check(self, context: Context) -> Problem | None:
        """Return what must be mended before the cloud can be; Problems for several."""

    def looked(self, context: Context) -> str:
        """Return what the check looked at and saw, in a few words, for where nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check came to. ``name`` is its file's, with blanks."""

    name: str
    looked: str
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def state(self) -> Literal["ok", "warning", "failed"]:
        """The worst of what was found."""
        return "failed" if self.problems else "warning" if self.warnings else "ok"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {
            "name": self.name,
            "state": self.state,
            "looked": self.looked,
            "problems": [one.as_dict() for one in self.problems],
            "warnings": [one.as_dict() for one in self.warnings],
        }


NO_CHECKS = frozenset({"context", "run", "reference"})


def discover() -> dict[str, Check]:
    """Return every check by the name of its file, in order of name."""
    return {
        module.name: cast(Check, importlib.import_module(f"{prechecks.__name__}.{module.name}"))
        for module in sorted(pkgutil.iter_modules(prechecks.__path__), key=lambda module: module.name)
        if module.name not in NO_CHECKS
    }


def find(context: Context, checks: Mapping[str, Check] | None = None) -> tuple[Finding, ...]:
    """Return what each check found. They look at facts that were read side by side and take no time themselves."""
    return tuple(
        Finding(
            name.replace("_", " "),
            one.looked(context),
            tuple(_each(one.check(context))),
            tuple(warn(context)) if (warn := getattr(one, "warn", None)) else (),
        )
        for name, one in (discover() if checks is None else checks).items()
    )


def find_problems(context: Context) -> tuple[Problem, ...]:
    """Return what is wrong."""
    return tuple(problem for finding in find(context) for problem in finding.problems)


def refuse(findings: Iterable[Finding]) -> None:
    """Raise Problems with everything that is wrong (the Problem itself when it is one); return when nothing is."""
    problems = tuple(problem for finding in findings for problem in finding.problems)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise Problems(problems)


def run_prechecks(context: Context) -> tuple[Finding, ...]:
    """Return what was found. Raises as :func:`refuse`."""
    found = find(context)
    refuse(found)
    return found


def _each(found: Problem | None) -> tuple[Problem, ...]:
    if found is None:
        return ()
    return found.problems if isinstance(found, Problems) else (found,)
