"""All rules. A file ``CODE.toml`` in the folder ``rules``, here or of a service, is a rule; nothing else lists them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

from skylift import services
from skylift.doctor.rule import BrokenRuleError, Rule, parse

FOLDER = Path(__file__).parent / "rules"


def folders() -> tuple[Path, ...]:
    """Return the folders of rules: the common one, and those that services bring along."""
    return (FOLDER, *(service.folder / "rules" for service in services.load()))


@cache
def load(among: tuple[Path, ...] | None = None) -> tuple[Rule, ...]:
    """Return the rules of these folders (of all), in order of code. Raises BrokenRuleError."""
    paths = sorted((path for one in among or folders() for path in one.glob("*.toml")), key=lambda path: path.stem)
    for former, path in pairwise(paths):
        if former.stem == path.stem:
            raise BrokenRuleError(f"{path.stem}: there are two of this name")
    rules = tuple(parse(path.stem, path.read_text(encoding="utf-8")) for path in paths)
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
