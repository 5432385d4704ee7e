"""Rules against lines: findings, the most probable cause first.

The lines are joined to blocks, and each rule's literals are looked for in a whole block at once; regular expressions
run only on lines that hold one. A line that a specific rule knows is not shown to the generic ones.
"""

from __future__ import annotations

import re
import shlex
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, islice

from skylift.doctor.lines import LONGEST, Line, shown, time_of
from skylift.doctor.order import ordered
from skylift.doctor.patterns import literal
from skylift.doctor.rule import PLACE, Rule
from skylift.model.finding import Evidence, Finding

BLOCK = 20_000
"""Lines that are looked through at once: a few megabytes."""
LOOK_BACK = 60
"""Lines before one without a time that may tell it: those of a traceback."""
SOURCES = 3
"""So many containers' lines are shown of one finding."""
SAME_CODE = 4
"""So many findings of one rule, which differ in what is to be done."""


@dataclass
class Seen:
    """What was seen of one rule with one fix: its lines by container, the newest of each, and how many there were."""

    rule: Rule
    values: Mapping[str, str]
    first: int
    lines: dict[str, Line] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def last(self) -> float | None:
        """When it was seen last."""
        return max(self.times.values(), default=None)


def _no_service(_: str) -> str:
    return ""


def explain(
    lines: Iterable[Line],
    rules: Iterable[Rule],
    now: float | None = None,
    service_of: Callable[[str], str] = _no_service,
) -> tuple[Finding, ...]:
    """Return what the rules know of the lines, the most probable cause first, consequences last.

    ``now`` is what ages count from (epoch seconds; None: no ages). ``service_of`` tells a container's service, empty
    where it is not known; a rule for other services does not look at that container's lines.
    """
    seen: dict[tuple[str, str], Seen] = {}
    newest: float | None = None
    offset = 0
    index = _index(rules)
    source = iter(lines)
    while block := list(islice(source, BLOCK)):
        for number, rule, match in _matches(block, index, service_of):
            _note(seen, rule, match, block, number, offset)
        newest = max((time for time in (newest, _time(block, len(block) - 1)) if time is not None), default=None)
        offset += len(block)
    found = [(one, _finding(one, now)) for one in seen.values()]
    return ordered([(finding, one.rule, one.first, one.last) for one, finding in found], newest)


def values_of(rule: Rule, text: str) -> Mapping[str, str] | None:
    """Return the named values with which a rule knows a line, or None when it does not."""
    match = _try(rule, text)
    return None if match is None else _values(rule, match)


Index = Mapping[str, tuple[Rule, ...]]


def _index(rules: Iterable[Rule]) -> Index:
    """Return the rules by the literals that their patterns need."""
    index: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        for text in {literal(pattern) for pattern in rule.match}:
            index[text] = (*index.get(text, ()), rule)
    return index


def _matches(
    block: list[Line], index: Index, service_of: Callable[[str], str]
) -> Iterator[tuple[int, Rule, re.Match[str]]]:
    """Yield the number of each line that a rule knows, in order, with the rule and its match."""
    texts = [line.text[:LONGEST].replace("\n", " ") for line in block]
    whole = "\n".join(texts)
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    candidates: dict[int, dict[str, Rule]] = {}
    for text, rules in index.items():
        place = whole.find(text)
        while place >= 0:
            number = bisect_right(starts, place) - 1
            there = candidates.setdefault(number, {})
            there.update((rule.code, rule) for rule in rules)
            place = whole.find(text, starts[number + 1])
    services: dict[str, str] = {}
    for number in sorted(candidates):
        container = block[number].source
        service = services.setdefault(container, service_of(container)) if container else ""
        known = False
        for rule in sorted(candidates[number].values(), key=lambda rule: (rule.generic, rule.code)):
            if (known and rule.generic) or (service and rule.services and service not in rule.services):
                continue
            if (match := _try(rule, texts[number])) is not None:
                known = True
                yield number, rule, match


def _try(rule: Rule, text: str) -> re.Match[str] | None:
    if any(pattern.search(text) for pattern in rule.exceptions):
        return None
    found = (pattern.search(text) for needed, pattern in rule.compiled if needed in text)
    return next((match for match in found if match is not None), None)


def _values(rule: Rule, match: re.Match[str]) -> dict[str, str]:
    return {**rule.defaults, **{name: value for name, value in match.groupdict().items() if value}}


def _note(
    seen: dict[tuple[str, str], Seen], rule: Rule, match: re.Match[str], block: list[Line], number: int, offset: int
) -> None:
    line, values = block[number], _values(rule, match)
    key = (rule.code, _filled(rule.fix, values, quoted=True))
    if key not in seen and sum(code == rule.code for code, _ in seen) >= SAME_CODE:
        key = next(other for other in reversed(seen) if other[0] == rule.code)
    one = seen.setdefault(key, Seen(rule, values, offset + number))
    time = _time(block, number)
    one.counts[line.source] = one.counts.get(line.source, 0) + 1
    if time is None or time >= one.times.get(line.source, time):
        one.lines[line.source] = line
        if time is not None:
            one.times[line.source] = time


def _time(block: list[Line], number: int) -> float | None:
    """Return when a line was written: its own time, else that of a line of the same container shortly before it."""
    source = block[number].source
    for line in block[number : max(-1, number - LOOK_BACK) : -1] if number >= LOOK_BACK else block[number::-1]:
        if line.source == source and (time := time_of(line.text) if line.time is None else line.time) is not None:
            return time
    return None


def _finding(seen: Seen, now: float | None) -> Finding:
    rule = seen.rule
    newest = sorted(seen.lines, key=lambda source: seen.times.get(source, 0.0), reverse=True)
    evidence = tuple(
        Evidence(shown(seen.lines[source].text), source, _age(seen.times.get(source), now), seen.counts[source])
        for source in newest[:SOURCES]
    )
    line = seen.lines[newest[0]]
    return Finding(
        code=rule.code,
        severity=rule.severity,
        summary=rule.summary,
        cause=_filled(rule.cause, seen.values),
        evidence=evidence,
        fix=_filled(rule.fix, seen.values, quoted=True),
        where=line.source or line.place,
    )


def _age(time: float | None, now: float | None) -> float | None:
    return None if time is None or now is None else max(0.0, now - time)


def _filled(text: str, values: Mapping[str, str], *, quoted: bool = False) -> str:
    """Return a text with its places filled. A value in a fix is quoted: it comes from a log and goes to a shell."""

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1], "")
        return shlex.quote(found) if quoted else found

    return PLACE.sub(value, text)
