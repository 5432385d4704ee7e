"""A rule's file is read strictly, and whatever it holds is either a rule or told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.doctor.rule import BrokenRuleError, Rule, faults, parse
from skylift.doctor.rulebook import check_causes, load

GOOD = """
severity = "error"
summary = "The thing is broken"
cause = "Somebody broke {thing}."
fix = "skylift apply"
source = "the code of nova, module x"
match = ['''the (?P<thing>[a-z]+) is broken''']

[[example]]
text = "the lamp is broken"
values = { thing = "lamp" }

[[counter]]
text = "the lamp is lit"
"""


def test_a_good_rule() -> None:
    rule = parse("thing-broken", GOOD)
    assert faults(rule) == []
    assert (rule.code, rule.severity, rule.examples[0].values) == ("thing-broken", "error", {"thing": "lamp"})
    assert not rule.generic


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('severity = "error"', 'severity = "bad"', "severity is one of"),
        ('severity = "error"', 'severity = "error"\nseverty = 1', "unknown keys: severty"),
        ('summary = "The thing is broken"', "", "summary must be a text"),
        ("match = ['''the (?P<thing>[a-z]+) is broken''']", "match = []", "match is missing"),
        ("match = [", "rows = [1]\nmatch = [", "rows must be a list of texts"),
        ("match = [", "generic = 1\nmatch = [", "generic is true or false"),
        ("match = [", 'defaults = "x"\nmatch = [', "defaults must be a table"),
        ('text = "the lamp is lit"', 'txt = "x"', "unknown keys in [[counter]]: txt"),
        ('text = "the lamp is lit"', 'text = ""', "text of [[counter]] must be a text"),
        ('values = { thing = "lamp" }', "values = { thing = 1 }", "table of texts"),
        ('values = { thing = "lamp" }', "container = 1", "container of [[example]]"),
        ("[[counter]]", "[counter]", "write [[counter]]"),
        ("severity", "severity = [", "thing-broken: "),
    ],
)
def test_a_mistake_is_told(old: str, new: str, word: str) -> None:
    assert old in GOOD
    with pytest.raises(BrokenRuleError, match="thing-broken") as caught:
        parse("thing-broken", GOOD.replace(old, new, 1))
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("code", "old", "new", "word"),
    [
        ("thing-broken", "{thing}", "{thng}", "{thng} has no value"),
        ("thing-broken", "(?P<thing>[a-z]+)", "[a-z]+", "{thing} has no value"),
        ("Thing", "lamp", "lamp", "no kebab-case code"),
        ("thing-broken", 'summary = "The thing is broken"', 'summary = "{thing}"', "constant"),
        ("thing-broken", "match = [", 'rows = ["F41"]\nmatch = [', "F41 is no row"),
        ("thing-broken", "match = [", 'unless = ["x.*"]\nmatch = [', "unless x.*"),
        ("thing-broken", "is broken'''", ".* broken'''", "take long"),
    ],
)
def test_what_is_wrong_inside_is_told(code: str, old: str, new: str, word: str) -> None:
    assert old in GOOD
    assert word in " ".join(faults(parse(code, GOOD.replace(old, new))))


def test_a_rule_without_examples_is_faulty() -> None:
    rule = parse("thing-broken", GOOD.split("[[example]]")[0])
    assert faults(rule) == ["no example", "no counter-example"]


@given(
    st.text(max_size=200) | st.builds(lambda at, cut: GOOD[:at] + GOOD[cut:], st.integers(0, 400), st.integers(0, 400))
)
def test_any_text_is_a_rule_or_told(text: str) -> None:
    try:
        rule = parse("thing-broken", text)
    except BrokenRuleError:
        return
    assert isinstance(rule, Rule)
    assert all(isinstance(fault, str) for fault in faults(rule))


def test_causes_must_exist_and_not_go_round(tmp_path: Path) -> None:
    def rule(code: str, *causes: str) -> Rule:
        return parse(code, GOOD.replace("match = [", f"follows_from = {list(causes)}\nmatch = [", 1))

    check_causes([rule("a-b"), rule("c-d", "a-b")])
    with pytest.raises(BrokenRuleError, match="names x-y, which is no rule"):
        check_causes([rule("a-b", "x-y")])
    with pytest.raises(BrokenRuleError, match=r"goes round: (a-b → c-d → a-b|c-d → a-b → c-d)"):
        check_causes([rule("a-b", "c-d"), rule("c-d", "a-b")])
    (tmp_path / "thing-broken.toml").write_text(GOOD)
    assert [one.code for one in load((tmp_path,))] == ["thing-broken"]
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "thing-broken.toml").write_text(GOOD)
    with pytest.raises(BrokenRuleError, match="two of this name"):
        load((tmp_path, tmp_path / "service"))
