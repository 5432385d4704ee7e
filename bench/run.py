"""Measure what docs/mission promises, on this machine: print a table, write JSON with the machine's description.

    python -m bench.run [--output build/bench.json] [--no-verify]      also draws the chart of up beside it

A cloud of its own name is made and removed; the images are built first where they are missing, and timed only then.
A cloud that runs already would share the cores: the bench refuses to start beside one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scenarios.probe import asking

from skylift.engines import Engine
from skylift.model.container import LABEL

SKYLIFT = Path(sys.executable).with_name("skylift")
CLOUD = "skylift-bench"
BARS = {
    "up, images present": (150.0, 75.0),
    "up, nothing to do": (3.0, 1.0),
    "plan, nothing to do": (2.0, 1.0),
    "one option of nova": (15.0, None),
    "requests to others lost": (0.0, None),
    "memory of the core, GiB": (4.0, None),
    "down": (15.0, None),
}
"""For each measurement the bar that must be kept and the aim, in seconds unless the name says otherwise."""


@dataclass
class Result:
    """One measurement. ``bound``: CPU seconds that the whole machine spent meanwhile, divided by its cores."""

    name: str
    value: float
    bound: float | None = None
    phases: dict[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool | None:
        """Whether the bar is kept; None where there is none."""
        return self.value <= BARS[self.name][0] if self.name in BARS else None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        bar, aim = BARS.get(self.name, (None, None))
        return {"name": self.name, "value": round(self.value, 2), "bar": bar, "aim": aim, "ok": self.ok,
                "cpu_bound": self.bound and round(self.bound, 2), "phases": self.phases}  # fmt: skip


def busy_seconds(stat: str) -> float:
    """Return the CPU seconds spent on all cores since boot, from the text of /proc/stat (times in USER_HZ)."""
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, stat.splitlines()[0].split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, Any]:
    """Return what figures depend on: processor, cores, memory, kernel."""
    model = [
        line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    return {
        "processor": model[0] if model else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def timed(name: str, *arguments: str, config: Path, codes: Sequence[int] = (0,)) -> tuple[Result, str]:
    """Run a command and return its measurement and output. Exits with its errors when its code is none of ``codes``."""
    stat = Path("/proc/stat")
    busy, begun = busy_seconds(stat.read_text()), time.monotonic()
    ran = subprocess.run([SKYLIFT, *arguments, "--config", config], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begun
    spent = busy_seconds(stat.read_text()) - busy
    if ran.returncode not in codes:
        sys.exit(f"skylift {' '.join(arguments)} ended with {ran.returncode}\n{ran.stderr}")
    sys.stdout.write(f"{name:<28}{seconds:>8.1f} s\n")
    sys.stdout.flush()
    return Result(name, seconds, spent / (os.cpu_count() or 1)), ran.stdout


def document(output: str) -> Any:
    """Return the last JSON document of a command's output: the only one, or the last line."""
    return json.loads(output.strip().splitlines()[-1] if "\n{" in output.strip() else output)


async def memory() -> float:
    """Return the memory of all containers of the bench's cloud in GiB, without the page cache that can be dropped."""
    async with await Engine.open() as engine:
        states = [state for state in await engine.containers(CLOUD) if state.status == "running"]
        found = [engine.docker.containers.container(state.name).stats(stream=False) for state in states]
        stats = [item for answer in await asyncio.gather(*found) for item in answer]
    total = 0
    for one in stats:
        details = one["memory_stats"].get("stats", {})
        cache = details.get("inactive_file", details.get("total_inactive_file", 0))
        total += int(one["memory_stats"].get("usage", 0)) - int(cache)
    return total / 2**30


async def others() -> list[str]:
    """Return the names of running containers of any Skylift cloud."""
    async with await Engine.open() as engine:
        found = await engine.docker.containers.list(filters={"label": [LABEL + "cloud"]})
        return [str(one["Names"][0]).lstrip("/") for one in found]


def measure(config: Path, chart: Path, *, verify: bool) -> list[Result]:
    """Run every command once, in order, draw the chart of ``up``, and return the measurements."""
    images, _ = timed("images build", "images", "build", config=config)
    up, output = timed("up, images present", "up", "--json", *([] if verify else ["--no-verify"]), config=config)
    events = [json.loads(line) for line in output.splitlines()]
    up.phases = next(event["phases"] for event in events if event["kind"] == "run-result")
    run = next(event["run"] for event in events if event["kind"] == "run-started")
    subprocess.run([sys.executable, Path(__file__).with_name("chart.py"), run, "--output", chart], check=True)
    again, _ = timed("up, nothing to do", "up", "--no-verify", config=config)
    plan, _ = timed("plan, nothing to do", "plan", config=config)
    urls = next(event["endpoints"] for event in events if event["kind"] == "run-result")
    option, lost = one_option(config, urls)
    status, _ = timed("status", "status", "--json", config=config, codes=(0, 1))
    used = Result("memory of the core, GiB", asyncio.run(memory()))
    down, _ = timed("down", "down", "--yes", config=config)
    return [images, up, again, plan, option, lost, status, used, down]


def one_option(config: Path, urls: Mapping[str, str]) -> list[Result]:
    """Change an option of nova, and ask the APIs of all other services meanwhile."""
    override = config / "config" / "nova.conf"
    override.parent.mkdir()
    override.write_text("[DEFAULT]\nreclaim_instance_interval = 77\n")
    others = {kind: url.partition("%")[0] for kind, url in urls.items() if kind != "compute"}
    with asking(others) as probe:
        applied, _ = timed("one option of nova", "apply", "--yes", config=config)
    sys.stdout.write(f"requests answered meanwhile: {probe.answers}; lost: {probe.failures}\n")
    return [applied, Result("requests to others lost", float(len(probe.failures)))]


def table(results: Sequence[Result], bars: Mapping[str, tuple[float, float | None]] = BARS) -> str:
    """Return the measurements beside their bars."""
    lines = [f"{'':<28}{'measured':>10}{'bar':>8}{'aim':>8}{'CPU bound':>11}"]
    for result in results:
        bar, aim = bars.get(result.name, (None, None))
        kept = bar is None or result.value <= bar
        cells = [f"{result.value:>10.1f}", *(f"{value:>8.0f}" if value else f"{'':>8}" for value in (bar, aim))]
        bound = f"{result.bound:>11.1f}" if result.bound is not None else ""
        lines.append(f"{result.name:<28}{''.join(cells)}{bound}{'' if kept else '   MISSED'}")
        lines += [f"    {name:<24}{seconds:>10.1f}" for name, seconds in result.phases.items()]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Measure; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--no-verify", action="store_true", help="leave the proofs out of the first up")
    options = parser.parse_args(arguments)
    if running := asyncio.run(others()):
        sys.exit(f"a cloud runs already ({running[0]}, …): it would share the cores; 'skylift down' first")
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder)
        (config / "globals.yml").write_text(f"skylift_cloud_name: {CLOUD}\n")
        results = measure(config, options.output.with_suffix(".svg"), verify=not options.no_verify)
    found = {"machine": machine(), "results": [result.as_dict() for result in results]}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(found, indent=2) + "\n")
    sys.stdout.write(f"\n{json.dumps(found['machine'])}\n{table(results)}\n")
    return 0 if all(result.ok is not False for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
