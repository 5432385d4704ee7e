"""Which finding is most probably the cause, and which are only consequences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from skylift.doctor.rule import Rule
from skylift.model.finding import SEVERITIES, Finding

OLD = 3600.0
"""Seconds. What was last seen so long before the newest line is an old story: it does not explain what happens now."""

Ranked = tuple[Finding, Rule, int, float | None]
"""A finding, its rule, the number of its first line, and when it was seen last."""


def ordered(found: Iterable[Ranked], newest: float | None) -> tuple[Finding, ...]:
    """Return the findings: what happens now before old stories, what others follow from before its consequences, what
    is specific before what is generic, the worst first, and then in order of appearance.

    ``newest`` is the time of the newest line.
    """
    every = list(found)
    lasts = [last for _, _, _, last in every if last is not None]
    newest = max(lasts + ([] if newest is None else [newest]), default=None)
    fresh = {finding.code for finding, _, _, last in every if not _old(last, newest)}
    present = fresh | {finding.code for finding, _, _, _ in every}
    marked = [
        (replace(finding, follows_from=cause), rule, first, _old(last, newest))
        for finding, rule, first, last in every
        # Something old does not explain what is new.
        for cause in [_cause(rule, fresh if finding.code in fresh else present)]
    ]
    depth = _depths({finding.code: finding.follows_from for finding, *_ in marked})
    marked.sort(
        key=lambda one: (
            one[3],
            depth[one[0].code],
            one[1].generic,
            SEVERITIES.index(one[0].severity),
            one[2],
        )
    )
    return tuple(finding for finding, *_ in marked)


def _old(last: float | None, newest: float | None) -> bool:
    return last is not None and newest is not None and newest - last > OLD


def _cause(rule: Rule, codes: Iterable[str]) -> str:
    there = set(codes)
    return next((code for code in rule.follows_from if code in there), "")


def _depths(causes: Mapping[str, str]) -> dict[str, int]:
    """Return how far each finding is from one that nothing explains. Rules never go round, so this ends."""

    def depth(code: str) -> int:
        return depth(causes[code]) + 1 if causes.get(code) else 0

    return {code: depth(code) for code in causes}
