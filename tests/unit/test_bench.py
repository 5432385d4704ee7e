"""How measurements are put beside their bars."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

STAT = "cpu  300 20 100 9000 50 10 20 0 0 0\ncpu0 150 10 50 4500 25 5 10 0 0 0\n"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """bench/run.py as a module."""
    path = Path(__file__).parents[2] / "bench/run.py"
    spec = importlib.util.spec_from_file_location("bench_run", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_idle_and_waiting_are_not_busy(bench: ModuleType) -> None:
    assert bench.busy_seconds(STAT) == 450 / os.sysconf("SC_CLK_TCK")


def test_a_missed_bar_is_marked(bench: ModuleType) -> None:
    kept = bench.Result("down", 9.0, 4.0)
    missed = bench.Result("up, images present", 180.0, 70.0, {"apply": 120.0})
    free = bench.Result("status", 1.0)
    assert [result.ok for result in (kept, missed, free)] == [True, False, None]
    assert bench.table([kept, missed, free]).splitlines()[1:] == [
        "down                               9.0      15                4.0",
        "up, images present               180.0     150      75       70.0   MISSED",
        "    apply                        120.0",
        "status                             1.0                ",
    ]
    assert missed.as_dict()["bar"] == 150.0


def test_the_machine_is_described(bench: ModuleType) -> None:
    found = bench.machine()
    assert found["cores"] == os.cpu_count()
    assert found["memory_gib"] > 0
