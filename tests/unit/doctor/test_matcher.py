"""Findings from lines: order, consequences, ages, containers, and quick even for large logs."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from skylift.doctor.likely import likely_errors
from skylift.doctor.lines import Line, read
from skylift.doctor.matcher import explain
from skylift.doctor.order import OLD
from skylift.doctor.rule import Rule, parse
from skylift.doctor.rulebook import load
from skylift.model.finding import Finding


def rule(code: str, match: str, more: str = "", fix: str = "do {name}") -> Rule:
    return parse(
        code,
        f"""severity = "error"
summary = "About {code}"
cause = "It is {{name}}."
fix = "{fix}"
source = "x"
match = ['''{match}''']
{more if "defaults" in more else 'defaults = { name = "it" }' + chr(10) + more}
""",
    )


CAUSE = rule("disk-gone", "disk (?P<name>\\w+) is gone")
EFFECT = rule("write-failed", "write failed", 'follows_from = ["disk-gone"]')
FAR = rule("guest-died", "guest died", 'follows_from = ["write-failed"]')
GENERIC = rule("some-error", "error: ", "generic = true")
NOTE = parse("small-thing", 'severity="note"\nsummary="s"\ncause="c"\nfix="f"\nsource="x"\nmatch=["small thing"]')
ONLY = rule("only-nova", "only nova says", 'services = ["nova"]')
RULES = (CAUSE, EFFECT, FAR, GENERIC, NOTE, ONLY)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()


def codes(found: tuple[Finding, ...]) -> list[str]:
    return [one.code for one in found]


def test_the_cause_comes_first_and_consequences_are_marked() -> None:
    found = explain(read(["guest died", "small thing", "write failed", "disk sda is gone"]), RULES)
    assert codes(found) == ["disk-gone", "small-thing", "write-failed", "guest-died"]
    assert [one.follows_from for one in found] == ["", "", "disk-gone", "write-failed"]
    assert (found[0].cause, found[0].fix, found[0].where) == ("It is sda.", "do sda", "line 4")


def test_without_its_cause_a_consequence_stands_alone() -> None:
    (found,) = explain(read(["write failed"]), RULES)
    assert (found.code, found.follows_from, found.fix) == ("write-failed", "", "do it")


def test_a_line_that_a_rule_knows_is_not_told_by_a_generic_one() -> None:
    assert codes(explain(read(["error: disk sda is gone"]), RULES)) == ["disk-gone"]
    assert codes(explain(read(["error: something", "small thing"]), RULES)) == ["small-thing", "some-error"]


def test_an_old_story_comes_after_what_happens_now_and_does_not_explain_it() -> None:
    lines = ["2026-11-29 20:00:00 disk sda is gone", "2026-11-30 11:59:00 write failed"]
    found = explain(read(lines), RULES, NOW)
    assert codes(found) == ["write-failed", "disk-gone"]
    assert found[0].follows_from == ""
    assert [one.evidence[0].age for one in found] == [60.0, 16 * 3600.0]
    later = f"{datetime.fromtimestamp(NOW + OLD, UTC):%Y-%m-%d %H:%M:%S} all is well"
    assert codes(explain(read([*lines[:1], later, "small thing"]), RULES)) == ["small-thing", "disk-gone"]


def test_a_line_without_a_time_has_that_of_the_lines_before_it() -> None:
    lines = ["2026-11-30 11:59:00 Traceback", "  frame", "write failed"]
    assert explain(read(lines), RULES, NOW)[0].evidence[0].age == 60.0
    apart = [Line("2026-11-30 11:59:00 x", "nova_api"), Line("write failed", "glance_api")]
    assert explain(apart, RULES, NOW)[0].evidence[0].age is None
    assert explain([Line("write failed", "a", NOW - 5)], RULES, NOW)[0].evidence[0].age == 5.0


def test_a_rule_for_other_services_does_not_look_at_a_container() -> None:
    def service_of(container: str) -> str:
        return {"nova_api": "nova", "glance_api": "glance"}.get(container, "")

    def told(container: str) -> list[str]:
        return codes(explain([Line("only nova says", container)], RULES, service_of=service_of))

    assert [told(name) for name in ("nova_api", "glance_api", "unknown", "")] == [
        ["only-nova"],
        [],
        *[["only-nova"]] * 2,
    ]


def test_evidence_counts_by_container_and_shows_the_newest() -> None:
    lines = [
        Line("write failed 1", "b", 1.0),
        Line("write failed 2", "a", 2.0),
        Line("write failed 3", "a", 5.0),
        Line("write failed 4", "a", 4.0),
    ]
    (found,) = explain(lines, RULES, 10.0)
    assert [(one.source, one.text, one.count, one.age) for one in found.evidence] == [
        ("a", "write failed 3", 3, 5.0),
        ("b", "write failed 1", 1, 9.0),
    ]
    assert found.where == "a"


def test_other_values_are_other_findings_up_to_a_limit() -> None:
    found = explain(read([f"disk sd{letter} is gone" for letter in "abcdefg"]), RULES)
    assert codes(found) == ["disk-gone"] * 4
    assert sum(one.evidence[0].count for one in found) == 7


def test_a_value_cannot_become_a_command() -> None:
    evil = rule("evil-name", "the name (?P<name>.{1,40}) is bad", fix="skylift logs {name}")
    (found,) = explain(read(["the name $(reboot); x is bad"]), [evil])
    assert found.fix == "skylift logs '$(reboot); x'"
    assert found.cause == "It is $(reboot); x."


@given(
    st.lists(
        st.sampled_from(["guest died", "disk sda is gone", "error: x", "fine", "", "write failed"])
        | st.text(max_size=40)
    )
)
def test_every_line_that_a_rule_knows_is_counted(texts: list[str]) -> None:
    found = explain(read(texts), RULES)
    told = {one.code: sum(each.count for each in one.evidence) for one in found}
    for code, text in (("guest-died", "guest died"), ("write-failed", "write failed")):
        assert told.get(code, 0) == sum(text in line.rstrip("\r\n")[:4000] for line in texts)
    positions = {one.code: number for number, one in enumerate(found)}
    assert all(positions[one.follows_from] < positions[one.code] for one in found if one.follows_from)
    assert [one.as_dict() for one in explain(read(texts), RULES)] == [one.as_dict() for one in found]


@given(st.text(max_size=300))
def test_any_text_goes_through_all_rules(text: str) -> None:
    for finding in explain(read(text.splitlines()), load(), 0.0):
        assert finding.summary
        assert finding.evidence


def test_ten_megabytes_take_no_more_than_two_seconds() -> None:
    line = (
        "2026-11-30 10:11:12.345 27 INFO nova.api.openstack.requestlog [None req-%08x] status: 200 len: 1234 time: 0.1"
    )
    texts = [line % number for number in range(90_000)]
    texts[1000::1000] = ["2026-11-30 10:11:12.345 27 ERROR nova (1040, 'Too many connections')"] * len(
        texts[1000::1000]
    )
    assert sum(map(len, texts)) > 9_000_000
    rules = load()
    spent = []
    for _ in range(2):
        began = time.process_time()
        found = explain(read(texts), rules, NOW)
        spent.append(time.process_time() - began)
    assert codes(found) == ["database-connections-exhausted"]
    assert found[0].evidence[0].count == 89
    assert min(spent) < 2.0


def test_the_likeliest_errors() -> None:
    lines = """2026-11-30 10:11:12.345 27 INFO a [-] fine
2026-11-30 10:11:12.345 27 ERROR b [-] request 17 failed
2026-11-30 10:11:13.345 27 ERROR b [-] request 18 failed
2026-11-30 10:11:14.345 27 CRITICAL c [-] Unhandled error
2026-11-30 10:11:14.345 27 ERROR c Traceback (most recent call last):
2026-11-30 10:11:14.345 27 ERROR c   File "x.py", line 1, in x
2026-11-30 10:11:14.345 27 ERROR c     raise KeyError("x")
2026-11-30 10:11:14.345 27 ERROR c some.thing.WeirdError: x
2026-11-30 10:11:15.345 27 INFO an ERRORLESS line
Traceback (most recent call last):
  File "x.py", line 1, in x
ValueError: bad
""".splitlines()
    found = [line.text.rsplit(" 27 ", 1)[-1] for line in likely_errors(read(lines))]
    assert found == [
        "ERROR c some.thing.WeirdError: x",
        "ValueError: bad",
        "CRITICAL c [-] Unhandled error",
        "ERROR b [-] request 18 failed",
    ]


@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_lines_have_at_most_a_few_likely_errors(texts: list[str]) -> None:
    lines = list(read(texts))
    found = likely_errors(lines)
    assert len(found) <= 5
    assert all(line in lines for line in found)
