"""Declarations that the settings' tests use: one service that can be switched, one that is always on."""

from __future__ import annotations

from pathlib import Path

import pytest

from skylift.model.problem import Problem, Problems
from skylift.model.service import Service
from skylift.settings import Settings, load_text

SERVICES = (
    Service("keystone", "Identity", Path()),
    Service("octavia", "Load balancers", Path(), enabled_by="enable_octavia"),
    Service("heat", "Orchestration", Path(), enabled_by="enable_heat", enabled_default=False),
)


def settings(text: str = "", **environ: str) -> Settings:
    """Return the settings of a globals.yml with this text."""
    return load_text(text, SERVICES, environ)


def problems(text: str, **environ: str) -> tuple[Problem, ...]:
    """Return the Problems of a globals.yml with this text; fails where there is none."""
    with pytest.raises(Problem) as caught:
        settings(text, **environ)
    found = caught.value
    return found.problems if isinstance(found, Problems) else (found,)
