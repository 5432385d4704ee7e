"""The probe's protocol: whole lines come out, however they were cut."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.openstack.proofs.lines import Lines, encode

VALUES = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.none(), max_size=4)


@given(st.lists(VALUES, max_size=6), st.data())
def test_objects_survive_any_cutting(values: list[dict[str, object]], data: st.DataObject) -> None:
    stream = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    lines, found = Lines(), []
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += lines.feed(stream[begin:end])
    assert found == values


def test_a_request_is_one_line_whatever_is_in_it() -> None:
    line = encode(7, "page", text="one\ntwo")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"id": 7, "op": "page", "text": "one\ntwo"}


@pytest.mark.parametrize("line", [b"no json\n", b"[1]\n", b"\n"])
def test_what_is_no_object_is_an_error(line: bytes) -> None:
    with pytest.raises(ValueError):
        Lines().feed(line)
