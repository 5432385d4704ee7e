"""What both benches that break a cloud begin with: their file of results, and two guests behind a load balancer."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from bench.faults.lab import Lab
from bench.faults.run import WELL_AGAIN
from bench.faults.well import start_probe, wait
from bench.run import machine


class Results:
    """The file of results, written whole after every entry. ``what`` the entries are is their key in the file."""

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self._found: dict[str, Any] = {"machine": machine(), "healthy": [], what: {}}
        if path.exists():
            self._found |= json.loads(path.read_text())
        self.entries: dict[str, dict[str, Any]] = self._found[what]
        self.healthy: list[dict[str, Any]] = self._found["healthy"]

    def write(self) -> None:
        """Write what there is so far."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self._found, indent=2) + "\n")
        fresh.replace(self.path)


def prepare(lab: Lab) -> None:
    """See that there are two guests behind a load balancer, and that all is well. Ends the bench where it is not."""
    guests = lab.guests()
    addresses = lab.api.list("network", "/v2.0/floatingips", "floatingips")
    balancers = lab.api.list("load-balancer", "/v2.0/lbaas/loadbalancers", "loadbalancers")
    ports = {one["vip_port_id"] for one in balancers}
    lab.address = next((one["floating_ip_address"] for one in addresses if one["port_id"] in ports), "")
    if len(guests) != 2 or not lab.address:
        say("starting two guests behind a load balancer")
        done = lab.skylift("verify", "--keep", "--json")
        if done.returncode:
            sys.exit(f"skylift verify --keep ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        lab.address = json.loads(done.stdout)["address"]
    start_probe(lab)
    took, left = wait(lab, WELL_AGAIN)
    if took is None:
        sys.exit(f"the cloud is not well, before any fault: {'; '.join(left)}")


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{time.strftime('%X')} {text}\n")
    sys.stdout.flush()
