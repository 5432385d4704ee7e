"""One known failure, as data: how it is recognised, what it means, what to do, and examples that test it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from skylift.doctor import patterns
from skylift.model.finding import SEVERITIES, Severity

PLACE = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
"""Where a value goes; ``{{…}}`` is text, as in formats for docker."""

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
ROW = re.compile(r"F([1-9]|[1-3]\d|40)")


class BrokenRuleError(ValueError):
    """A rule file is not as it must be; the text names the rule and what is wrong."""


@dataclass(frozen=True)
class Example:
    """A text, and what the rule says of it: named values of the pattern. Of a counter-example, nothing."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    container: str = ""


@dataclass(frozen=True)
class Rule:
    """See docs/explain.md for the fields. ``cause`` and ``fix`` may hold ``{name}`` of a group or of ``defaults``."""

    code: str
    severity: Severity
    summary: str
    cause: str
    fix: str
    source: str
    match: tuple[str, ...]
    unless: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()
    rows: tuple[str, ...] = ()
    follows_from: tuple[str, ...] = ()
    generic: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    counters: tuple[Example, ...] = ()

    @cached_property
    def compiled(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """The patterns, each with its literal. Compiled when first asked for: most rules never are."""
        return tuple((patterns.literal(one), re.compile(one)) for one in self.match)

    @cached_property
    def exceptions(self) -> tuple[re.Pattern[str], ...]:
        """What a line must not match."""
        return tuple(re.compile(one) for one in self.unless)


TEXTS = ("severity", "summary", "cause", "fix", "source")
LISTS = ("match", "unless", "services", "rows", "follows_from")
OTHERS = ("generic", "defaults", "example", "counter")


def parse(code: str, text: str) -> Rule:
    """Return the rule ``code`` of its file's text.

    Raises BrokenRuleError for a key that is unknown or missing, or holds something else than it must.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BrokenRuleError(f"{code}: {error}") from error
    unknown = sorted(set(raw) - {*TEXTS, *LISTS, *OTHERS})
    if unknown:
        raise BrokenRuleError(f"{code}: unknown keys: {', '.join(unknown)}")
    texts = {name: _text(code, name, raw.get(name)) for name in TEXTS}
    lists = {name: _texts(code, name, raw.get(name, [])) for name in LISTS}
    if not lists["match"]:
        raise BrokenRuleError(f"{code}: match is missing")
    if texts["severity"] not in SEVERITIES:
        raise BrokenRuleError(f"{code}: severity is one of {', '.join(SEVERITIES)}")
    if not isinstance(raw.get("generic", False), bool):
        raise BrokenRuleError(f"{code}: generic is true or false")
    return Rule(
        code=code,
        severity=next(one for one in SEVERITIES if one == texts["severity"]),
        summary=texts["summary"],
        cause=texts["cause"],
        fix=texts["fix"],
        source=texts["source"],
        match=lists["match"],
        unless=lists["unless"],
        services=frozenset(lists["services"]),
        rows=lists["rows"],
        follows_from=lists["follows_from"],
        generic=raw.get("generic", False),
        defaults=_table(code, "defaults", raw.get("defaults", {})),
        examples=_examples(code, "example", raw.get("example", [])),
        counters=_examples(code, "counter", raw.get("counter", [])),
    )


def faults(rule: Rule) -> list[str]:
    """Return what else is wrong with a rule that could be read: patterns, places without a value, missing examples."""
    found = [f"{one}: {fault}" for one in rule.match for fault in patterns.faults(one)]
    if found:
        return found
    found += [f"unless {one}: {fault}" for one in rule.unless for fault in patterns.slow(one)]
    for _, pattern in rule.compiled:
        named = {*pattern.groupindex, *rule.defaults}
        for place in PLACE.findall(rule.cause + rule.fix):
            if place not in named:
                found.append(f"{{{place}}} has no value where {pattern.pattern} matches, and no default")
    found += [] if CODE.fullmatch(rule.code) else ["the file's name is no kebab-case code of two words or more"]
    found += [f"{row} is no row of the forty failures" for row in rule.rows if not ROW.fullmatch(row)]
    found += [] if rule.examples else ["no example"]
    found += [] if rule.counters else ["no counter-example"]
    found += ["{…} in the summary, which is constant"] if PLACE.search(rule.summary) else []
    return found


def _text(code: str, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BrokenRuleError(f"{code}: {name} must be a text")
    return value.strip()


def _texts(code: str, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise BrokenRuleError(f"{code}: {name} must be a list of texts")
    return tuple(value)


def _table(code: str, name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise BrokenRuleError(f"{code}: {name} must be a table of texts")
    return value


def _examples(code: str, name: str, value: Any) -> tuple[Example, ...]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BrokenRuleError(f"{code}: write [[{name}]]")
    found = []
    for one in value:
        if unknown := sorted(set(one) - {"text", "values", "container"}):
            raise BrokenRuleError(f"{code}: unknown keys in [[{name}]]: {', '.join(unknown)}")
        container = one.get("container", "")
        if not isinstance(container, str):
            raise BrokenRuleError(f"{code}: container of [[{name}]] must be a text")
        values = _table(code, f"values of [[{name}]]", one.get("values", {}))
        found.append(Example(_text(code, f"text of [[{name}]]", one.get("text")), values, container))
    return tuple(found)
