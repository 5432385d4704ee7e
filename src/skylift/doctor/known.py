"""What the rules of ``skylift explain`` know of a container's last lines."""

from __future__ import annotations

from collections.abc import Iterable

from skylift.doctor.lines import Line
from skylift.doctor.matcher import explain
from skylift.doctor.rulebook import load
from skylift.model.finding import Finding
from skylift.model.patient import LogLine


def known(container: str, service: str, lines: Iterable[LogLine], now: float) -> Finding | None:
    """Return what most probably is behind the lines of a container, or None where no rule knows any of them."""
    texts = [Line(line.text, container, line.time) for line in lines]
    found = explain(texts, load(), now, lambda _: service)
    return next((one for one in found if one.severity != "note"), None)
