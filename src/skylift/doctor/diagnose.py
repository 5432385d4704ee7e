"""From a patient to findings: the most probable cause first, what only follows from it listed below. Pure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from skylift.doctor import symptoms
from skylift.doctor.sign import Because, Sign
from skylift.model.finding import SEVERITIES, Finding
from skylift.model.patient import Patient
from skylift.model.remedy import Remedy

Symptom = Callable[[Patient], Iterable[Sign]]


@dataclass(frozen=True, slots=True)
class Branch:
    """A finding that nothing explains, and all that follows from it, nearest first."""

    cause: Finding
    consequences: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, the most probable first; ``remedies`` are the safe repairs that ``apply`` does not know of."""

    branches: tuple[Branch, ...] = ()
    remedies: tuple[Remedy, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, each cause followed by its consequences."""
        return tuple(one for branch in self.branches for one in (branch.cause, *branch.consequences))

    @property
    def well(self) -> bool:
        """True when nothing is an error."""
        return all(finding.severity != "error" for finding in self.findings)


@cache
def discover() -> Mapping[str, Symptom]:
    """Return every symptom by the name of its file, in order of name. A file with ``find`` is one."""
    return {
        module.name: importlib.import_module(f"{symptoms.__name__}.{module.name}").find
        for module in sorted(pkgutil.iter_modules(symptoms.__path__), key=lambda module: module.name)
    }


def diagnose(patient: Patient, rules: Iterable[Symptom] | None = None) -> Diagnosis:
    """Return what the symptoms find in ``patient``."""
    chosen = discover().values() if rules is None else rules
    return ordered(sign for symptom in chosen for sign in symptom(patient))


def ordered(found: Iterable[Sign]) -> Diagnosis:
    """Return the signs as a diagnosis: each once, under what explains it.

    The same for any order of the same signs. Signs that would explain each other in a circle: the one further down
    (see :class:`Layer`) stays a cause.
    """
    signs = {sign.key: sign for sign in sorted(found, key=_order, reverse=True)}
    causes = _causes(sorted(signs.values(), key=_order))
    children: dict[Because, list[Because]] = {}
    for key, cause in causes.items():
        if cause is not None:
            children.setdefault(cause, []).append(key)
    roots = [key for key, cause in causes.items() if cause is None]
    roots.sort(key=lambda key: _urgency(signs[key], [signs[below] for below in _below(key, children)]))
    branches = tuple(
        Branch(
            signs[root].finding,
            tuple(replace(signs[key].finding, follows_from=(causes[key] or root)[0]) for key in _below(root, children)),
        )
        for root in roots
    )
    # What only follows from something else needs no repair of its own.
    remedies = dict.fromkeys(remedy for root in roots for remedy in signs[root].remedies)
    return Diagnosis(branches, tuple(remedies))


def _causes(signs: list[Sign]) -> dict[Because, Because | None]:
    """Return what explains each sign, or None."""
    keys = [sign.key for sign in signs]
    causes: dict[Because, Because | None] = dict.fromkeys(keys)
    by_code: dict[str, list[Because]] = {}
    for key in keys:
        by_code.setdefault(key[0], []).append(key)
    for sign in signs:
        for code, where in sign.because:
            there = [key for key in by_code.get(code, ()) if where in ("", key[1])]
            cause = next((key for key in there if sign.key not in _above(key, causes)), None)
            if cause is not None:
                causes[sign.key] = cause
                break
    return causes


def _above(key: Because, causes: Mapping[Because, Because | None]) -> Iterator[Because]:
    """Yield a sign and what explains it, up to the first cause."""
    step: Because | None = key
    while step is not None:
        yield step
        step = causes[step]


def _below(key: Because, children: Mapping[Because, list[Because]]) -> Iterator[Because]:
    """Yield all that follows from a sign: what is nearest first."""
    level = list(children.get(key, ()))
    while level:
        yield from level
        level = [child for one in level for child in children.get(one, ())]


def _order(sign: Sign) -> tuple[int, float, str, str, str]:
    """Return where a sign stands among all, whatever explains it."""
    one = sign.finding
    return (sign.layer, sign.rank, one.code, one.where, repr(sign))


def _urgency(sign: Sign, consequences: list[Sign]) -> tuple[int, int, float, int, str, str]:
    """Return the order of causes: first what is worst or has the worst consequences, then what carries the others, then
    what explains the most.
    """
    one = sign.finding
    worst = min(SEVERITIES.index(each.finding.severity) for each in (sign, *consequences))
    return (worst, sign.layer, sign.rank, -len(consequences), one.code, one.where)
