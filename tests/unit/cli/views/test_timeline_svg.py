"""A run's timeline as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from skylift.app.timeline import read
from skylift.cli.views.timeline_svg import draw, ticks

SVG = "{http://www.w3.org/2000/svg}"
STEPS = {"container.ready:c-node1-db": [], "job.run:c-node1-schema": ["container.ready:c-node1-db"]}


def events() -> list[dict[str, Any]]:
    """Return a run of two operations, the second of which fails."""
    found: list[dict[str, Any]] = [
        {"t": 0.0, "kind": "plan-made", "operations": [{"id": step, "needs": needs} for step, needs in STEPS.items()]},
        {"t": 0.0, "kind": "phase-started", "phase": "apply"},
    ]
    for number, step in enumerate(STEPS):
        action, _, target = step.partition(":")
        found.append({"t": 2.0 * number, "kind": "step-started", "step": step, "action": action, "target": target})
        state = ("ok", "failed")[number]
        found.append({"t": 2.0 * number + 2, "kind": "step-finished", "step": step, "state": state})
    return [*found, {"t": 4.0, "kind": "phase-finished", "phase": "apply"}]


def test_the_picture_is_well_formed_and_has_a_bar_for_each_operation() -> None:
    drawn = draw(read(events()), "a <title> & more")
    tree = ET.fromstring(drawn)  # noqa: S314 - our own
    bars = {box[0].text: box for box in tree.iter(f"{SVG}rect") if len(box)}
    assert set(bars) == {"apply: 4.0 s", "container.ready:c-node1-db: 2.0 s ok", "job.run:c-node1-schema: 2.0 s failed"}
    failed, good = bars["job.run:c-node1-schema: 2.0 s failed"], bars["container.ready:c-node1-db: 2.0 s ok"]
    assert failed.get("fill") != good.get("fill")
    assert failed.get("stroke") == good.get("stroke") == "#c00000"
    assert float(failed.get("x", "0")) == float(good.get("x", "0")) + float(good.get("width", "0"))
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_a_run_of_nothing_is_an_empty_picture() -> None:
    ET.fromstring(draw(read([]), "nothing"))  # noqa: S314 - our own


@given(length=st.floats(0, 1e5), most=st.integers(1, 30))
def test_an_axis_has_few_ticks_within_the_run(length: float, most: int) -> None:
    found = ticks(length, most)
    assert len(found) >= 1
    assert all(0 <= tick <= length + 1e-6 for tick in found)
    assert len(found) <= max(most + 1, length / 3600 + 1)
