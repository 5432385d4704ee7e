"""Measure how a running cloud grows: print a table, write JSON with the machine's description.

    python -m bench.grow [--output build/grow.json]

A core cloud of its own name gets each service in turn, under calls to the other APIs and to a guest's floating IP; then
a cloud with all of them is deployed at once. Images are built first where they are missing. Refuses to start beside
another cloud.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.run import CLOUD, Result, document, machine, memory, others, table, timed
from tests.scenarios.calls import calling
from tests.scenarios.probe import asking

CORE = f"skylift_cloud_name: {CLOUD}\nenable_heat: no\nenable_horizon: no\n"
ALL = f"skylift_cloud_name: {CLOUD}\nenable_ceph: yes\nenable_cinder: yes\n"
ADDITIONS = (("heat",), ("horizon",), ("ceph", "cinder"))
BARS = {
    "enable heat": (15.0, None),
    "enable horizon": (20.0, None),
    "enable ceph cinder": (60.0, None),
    "calls of a guest lost": (0.0, None),
    "memory of everything, GiB": (8.0, None),
    "up with everything": (240.0, 150.0),
}


def growth(config: Path) -> list[Result]:
    """Add the services one after another; return how long each took and what did not answer meanwhile."""
    timed("core up", "up", "--no-verify", config=config)
    _, output = timed("guests", "verify", "--keep", "--json", config=config)
    address = document(output)["address"]
    _, output = timed("status", "status", "--json", config=config, codes=(0, 1))
    urls = {kind: url.partition("%")[0] for kind, url in document(output)["endpoints"].items()}
    image = asyncio.run(node_image())
    results, lost = [], 0
    for names in ADDITIONS:
        name = f"enable {' '.join(names)}"
        with calling(f"http://{address}", f"{CLOUD}-2-external", image) as calls, asking(urls) as probe:
            result, _ = timed(name, "enable", *names, "--yes", config=config)
        sys.stdout.write(f"  guest: {calls.answered} answered, lost {calls.failures}; APIs lost: {probe.failures}\n")
        results.append(result)
        lost += len(calls.failures)
    results.append(Result("calls of a guest lost", float(lost)))
    timed("guests removed, verified", "verify", config=config)
    results.append(Result("memory of everything, GiB", asyncio.run(memory())))
    timed("down", "down", "--yes", config=config)
    return results


async def node_image() -> str:
    """Return the image of the node's container."""
    from skylift.engines import Engine

    async with await Engine.open() as engine:
        return next(state.image for state in await engine.containers(CLOUD) if state.name == f"{CLOUD}-node1")


def at_once(config: Path) -> list[Result]:
    """Deploy all of it on nothing, up to the address that answers and all proofs."""
    up, output = timed("up with everything", "up", "--json", config=config)
    events = [json.loads(line) for line in output.splitlines()]
    up.phases = next(event["phases"] for event in events if event["kind"] == "run-result")
    timed("down", "down", "--yes", config=config)
    return [up]


def main(arguments: Sequence[str]) -> int:
    """Measure; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("build/grow.json"))
    options = parser.parse_args(arguments)
    if running := asyncio.run(others()):
        sys.exit(f"a cloud runs already ({running[0]}, …): it would share the cores; 'skylift down' first")
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder)
        (config / "globals.yml").write_text(ALL)
        timed("images build", "images", "build", config=config)
        (config / "globals.yml").write_text(CORE)
        results = growth(config)
        (config / "globals.yml").write_text(ALL)
        results += at_once(config)
    found = {"machine": machine(), "results": [result.as_dict() for result in results]}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(found, indent=2) + "\n")
    sys.stdout.write(f"\n{json.dumps(found['machine'])}\n{table(results, BARS)}\n")
    return 0 if all(result.value <= BARS[result.name][0] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
