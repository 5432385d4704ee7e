"""The order of findings: whatever signs there are, each is told once, under what explains it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skylift.doctor.diagnose import Diagnosis, ordered
from skylift.doctor.sign import Layer, Sign
from skylift.model.finding import SEVERITIES, Finding

CODES, PLACES = ("one", "two", "three", "four"), ("a", "b", "c")
KEYS = st.tuples(st.sampled_from(CODES), st.sampled_from(PLACES))
BECAUSE = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(("", *PLACES))), max_size=4)


@st.composite
def signs(draw: st.DrawFn) -> Sign:
    code, where = draw(KEYS)
    severity = draw(st.sampled_from(SEVERITIES))
    layer = draw(st.sampled_from(tuple(Layer)))
    rank = draw(st.sampled_from((0.0, 1.0, 2.0)))
    return Sign(Finding(code, severity, code, where=where), layer, tuple(draw(BECAUSE)), rank)


MANY = st.lists(signs(), max_size=12)


def keys(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    return [(one.code, one.where) for one in diagnosis.findings]


@given(MANY)
def test_each_sign_is_told_once(found: list[Sign]) -> None:
    told = keys(ordered(found))
    assert sorted(told) == sorted({sign.key for sign in found})


@given(MANY, st.randoms())
def test_the_order_of_the_signs_does_not_matter(found: list[Sign], random: object) -> None:
    mixed = list(found)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert ordered(mixed) == ordered(found)


@given(MANY)
def test_consequences_come_after_what_explains_them(found: list[Sign]) -> None:
    """In the same branch, and each names the code of one before it; causes name none."""
    for branch in ordered(found).branches:
        before = {branch.cause.code}
        assert branch.cause.follows_from == ""
        for one in branch.consequences:
            assert one.follows_from in before
            before.add(one.code)


@given(MANY)
def test_causes_are_in_order_of_the_worst_they_lead_to(found: list[Sign]) -> None:
    worst = [
        min(SEVERITIES.index(one.severity) for one in (branch.cause, *branch.consequences))
        for branch in ordered(found).branches
    ]
    assert worst == sorted(worst)


@given(MANY)
def test_what_could_be_explained_is(found: list[Sign]) -> None:
    """A cause has no explanation among the signs, but for those that follow from itself."""
    diagnosis = ordered(found)
    below = {
        (branch.cause.code, branch.cause.where): {(one.code, one.where) for one in branch.consequences}
        for branch in diagnosis.branches
    }
    chosen = {sign.key: sign for sign in sorted(found, key=lambda sign: (sign.layer, sign.rank), reverse=True)}
    for root, own in below.items():
        candidates = [sign for sign in found if sign.key == root]
        if len(candidates) != 1:
            continue  # the same key twice: which one is kept is tested above
        for code, where in candidates[0].because:
            explaining = {key for key in chosen if key[0] == code and where in ("", key[1])} - {root}
            assert explaining <= own


def test_signs_in_a_circle_have_the_lowest_as_cause() -> None:
    low = Sign(Finding("low", "error", "low"), Layer.MACHINE, (("high", ""),))
    high = Sign(Finding("high", "error", "high"), Layer.USER, (("low", ""),))
    assert len(ordered([low, high]).branches) == 1
