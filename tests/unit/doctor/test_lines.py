"""The time of a log line in each program's form, whom it came from, and what is shown of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.doctor.lines import read, shown, time_of

AT = datetime(2026, 11, 30, 8, 9, 10, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "plus"),
    [
        ("2026-11-30 08:09:10.250 27 ERROR nova.compute [None req-1] x", 0.25),
        ("2026-11-30  8:09:10 0 [ERROR] mariadbd: Disk is full", 0),
        ("2026-11-30 08:09:10.250000+00:00 [error] <0.1.0> x", 0.25),
        ("2026-11-30 10:09:10.250000+02:00 [error] <0.1.0> x", 0.25),
        ("2026-11-30T08:09:10.250Z|00042|reconnect|WARN|x", 0.25),
        ("2026-11-30T08:09:10.250+0000 7f0a -1 x", 0.25),
        ("2026-11-30T08:09:10.250000000Z x", 0.25),
        ('time="2026-11-30T08:09:10Z" level=error', 0),
        ("[2026-11-30 08:09:10] x", 0),
    ],
)
def test_the_time(text: str, plus: float) -> None:
    assert time_of(text) == AT + plus


@pytest.mark.parametrize("text", ["", "no time", "2026-13-45 08:09:10 x", "x" * 200 + "2026-11-30 08:09:10"])
def test_no_time(text: str) -> None:
    assert time_of(text) is None


@given(st.text(max_size=120))
def test_any_text_has_a_time_or_none(text: str) -> None:
    found = time_of(text)
    assert found is None or found > 9e8


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))
def test_every_time_is_read(when: datetime) -> None:
    expected = when.replace(tzinfo=UTC, microsecond=0).timestamp()
    assert time_of(f"{when:%Y-%m-%d %H:%M:%S}.000 1 INFO x") == expected


def test_whom_a_line_came_from() -> None:
    lines = list(
        read(
            [
                "nova_api                 2026-11-30 08:09:10.250 27 ERROR x\n",
                '{"container": "keystone", "time": "2026-11-30T08:09:10Z", "text": "bad"}\n',
                '{"container" is no JSON\n',
                "Traceback (most recent call last)\r\n",
            ],
            "all.log",
            "mariadb",
        )
    )
    assert [line.source for line in lines] == ["nova_api", "keystone", "mariadb", "mariadb"]
    assert [line.text[:20] for line in lines[:2]] == ["2026-11-30 08:09:10.", "2026-11-30T08:09:10Z"]
    assert [line.place for line in lines] == ["all.log:1", "all.log:2", "all.log:3", "all.log:4"]
    assert lines[3].text == "Traceback (most recent call last)"
    assert [line.place for line in read(["x"])] == ["line 1"]


@given(st.lists(st.text(max_size=80)))
def test_no_line_is_lost(texts: list[str]) -> None:
    assert len(list(read(texts))) == len(texts)


def test_evidence_is_short_and_without_passwords() -> None:
    assert shown("x  rabbit://openstack:s3cret@172.24.0.16:5672//") == "x rabbit://openstack:***@172.24.0.16:5672//"
    assert len(shown("a b " * 2000)) <= 400
