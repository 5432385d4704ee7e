"""All rules. A file ``CODE.toml`` in the folder ``rules`` is a rule; nothing else lists them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from skylift.doctor.rule import BrokenRuleError, Rule, parse

FOLDER = Path(__file__).parent / "rules"


@cache
def load(folder: Path = FOLDER) -> tuple[Rule, ...]:
    """Return the rules of a folder, in order of code. Raises BrokenRuleError."""
    rules = tuple(parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml")))
    check_causes(rules)
    return rules


def check_causes(rules: Iterable[Rule]) -> None:
    """Raise BrokenRuleError when a rule follows from one that does not exist, or from itself round some corner."""
    graph = {rule.code: rule.follows_from for rule in rules}
    for code, causes in graph.items():
        for cause in causes:
            if cause not in graph:
                raise BrokenRuleError(f"{code}: follows_from names {cause}, which is no rule")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise BrokenRuleError("follows_from goes round: " + " → ".join(error.args[1])) from error
