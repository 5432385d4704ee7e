"""Kill the engine again and again, and measure how soon the load-balanced address answers without a command.

    python -m bench.comeback [--times 10] [--power 3] [--output build/comeback.json]

A cloud of its own name, with guests behind a load balancer. ``--times`` the engine's daemon alone is killed (-9),
``--power`` times every process of engine and cloud at once. Rows are written through keystone until the kill; each that
was acknowledged must be there afterwards. Needs root, an engine that scripts/engine.sh started, and no other cloud.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.grow import node_image
from bench.run import CLOUD, document, machine, others, timed
from ruamel.yaml import YAML
from tests.scenarios.calls import await_answer
from tests.scenarios.ledger import until_known, writing
from tests.scenarios.resume import engine

SETTINGS = f"skylift_cloud_name: {CLOUD}\n"
BAR = 60.0
"""Seconds from the engine's first answer, which is the machine's affair, to that of the address."""
WRITES = 5.0
"""Seconds for which rows are written before each kill."""
PATIENCE = 600


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost, seconds from the kill until the engine answered, then the address, then all was well; rows."""

    what: str
    engine: float
    address: float
    whole: float
    rows: int
    lost: int


def lose(what: str, kill: Callable[[], None], address: str, image: str, keystone: str, config: Path) -> Loss:
    """Kill, start the engine, and wait. Exits when the cloud does not come back."""
    password = str(YAML(typ="safe").load(config / "passwords.yml")["keystone_admin_password"])
    with writing(keystone, password) as ledger:
        time.sleep(WRITES)
        begun = time.monotonic()
        kill()
    engine.start()
    answers = time.monotonic() - begun
    await_answer(f"http://{address}", f"{CLOUD}-2-external", image, PATIENCE)
    reached = time.monotonic() - begun
    while not well(config):
        if time.monotonic() - begun > PATIENCE:
            sys.exit(f"the cloud is not whole {PATIENCE} s after the loss of the {what}")
        time.sleep(1)
    loss = Loss(
        what, answers, reached, time.monotonic() - begun, len(ledger.acknowledged), len(until_known(ledger, 60))
    )
    sys.stdout.write(f"{asdict(loss)}\n")
    sys.stdout.flush()
    return loss


def well(config: Path) -> bool:
    """Return whether ``status`` finds every container well, and ``plan`` all resources behind the APIs."""
    _, output = timed("status", "status", "--json", config=config, codes=(0, 1))
    if not document(output)["healthy"]:
        return False
    _, planned = timed("plan", "plan", "--json", config=config, codes=(0, 2))
    return not document(planned)["operations"]


def main(arguments: Sequence[str]) -> int:
    """Measure; exit 1 when the bar is missed or a row was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--power", type=int, default=3)
    parser.add_argument("--output", type=Path, default=Path("build/comeback.json"))
    options = parser.parse_args(arguments)
    if running := asyncio.run(others()):
        sys.exit(f"a cloud runs already ({running[0]}, …): it would lose its engine too; 'skylift down' first")
    if why := engine.cannot_kill(CLOUD):
        sys.exit(why)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder)
        (config / "globals.yml").write_text(SETTINGS)
        timed("up", "up", "--no-verify", config=config)
        _, output = timed("guests", "verify", "--keep", "--json", config=config)
        address = document(output)["address"]
        _, output = timed("status", "status", "--json", config=config, codes=(0, 1))
        keystone, image = document(output)["endpoints"]["identity"], asyncio.run(node_image())
        kills = [("engine", engine.kill_daemon)] * options.times
        kills += [("power", lambda: engine.lose_power(CLOUD))] * options.power
        losses = [lose(what, kill, address, image, keystone, config) for what, kill in kills]
        timed("down", "down", "--yes", config=config)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps({"machine": machine(), "losses": [asdict(one) for one in losses]}, indent=1))
    late = [one for one in losses if one.address - one.engine > BAR]
    for what in dict.fromkeys(one.what for one in losses):
        seconds = sorted(one.address - one.engine for one in losses if one.what == what)
        since = sorted(one.address for one in losses if one.what == what)
        told = f"the address answered {seconds[0]:.0f} to {seconds[-1]:.0f} s after the engine did"
        sys.stdout.write(f"{what}, {len(seconds)} times: {told}, {since[0]:.0f} to {since[-1]:.0f} s after the loss\n")
    sys.stdout.write(f"rows: {sum(one.rows for one in losses)}, lost {sum(one.lost for one in losses)}\n")
    return int(bool(late) or any(one.lost for one in losses))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
