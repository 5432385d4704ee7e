"""The list of services as a person reads it."""

from __future__ import annotations

import io

from rich.console import Console

from skylift.app.services import Line
from skylift.cli.views.services import show

LINES = (
    Line(
        "ceph", "Storage", "off", "default", "enable_ceph", (), (), ("3 containers",), memory=700, images=("ceph-mon",)
    ),
    Line(
        "cinder",
        "Volumes",
        "on",
        "globals.yml:3",
        "enable_cinder",
        ("nova", "ceph or nfs"),
        ("x",),
        ("API v",),
        90,
        disk=0,
    ),
    Line("nova", "Compute", "always", "", "", (), (), ("API compute",), 400),
)


def shown() -> str:
    out = io.StringIO()
    show(Console(file=out, width=80, color_system=None), LINES)
    return out.getvalue()


def test_what_can_be_switched_is_told_with_needs_and_costs() -> None:
    ceph, _, rest = shown().partition("cinder")
    assert "ceph  Storage  off\n" in ceph and "700 MiB of memory, its images are not here yet" in ceph
    assert "needs" not in ceph
    assert "  Volumes  on (globals.yml:3)" in rest and "90 MiB of memory, no further images" in rest


def test_needs_that_are_always_met_are_left_out() -> None:
    (line,) = [line for line in shown().splitlines() if "needs  " in line]
    assert line.split() == ["needs", "ceph", "or", "nfs"]


def test_what_is_always_on_is_named_and_the_memory_of_what_is_on_added() -> None:
    words = " ".join(shown().split())
    assert "always on nova with all that is on: 490 MiB" in words
