"""Kill each container of a running cloud once, under a steady load of requests to all APIs and to the guests.

    python -m bench.kill_each --config DIR [--only CONTAINER …] [--output build/kill-each.json]

The container's first process ends as by kill -9, and the engine starts it again. For each: after how many seconds the
cloud was well, how many requests failed and the longest time without an answer, by API. Where the cloud is not well by
itself in time, guests are started, then ``skylift apply`` is run; that is told. A container that is in the file of
results is not killed again.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.faults.guests import revive
from bench.faults.lab import Failed, Lab
from bench.faults.session import Results, prepare, say
from bench.faults.well import READS, stop_probe, wait
from bench.steady import load

from skylift.model.problem import Problem

PATIENCE = 90.0
"""Seconds that the cloud is given to be well by itself."""
REST = 3.0
"""Seconds of load before each kill, all answered, and after it was well."""


def urls(lab: Lab) -> dict[str, str]:
    """Return what is asked for, by the type of the API."""
    return {kind: lab.api.endpoint(kind) + path for kind, path in READS.items()}


def kill(lab: Lab, short: str) -> dict[str, Any]:
    """Kill a container under load; return the seconds until all was well (null: not by itself) and what was lost."""
    lab.forget()
    notes: list[str] = []
    with load(urls(lab), lab.api.token.reveal()) as asked:
        time.sleep(REST)
        killed = time.monotonic()
        lab.signal(signal.SIGKILL, [lab.pid(short)])
        well, left = wait(lab, PATIENCE)
        if well is None:
            notes.append(f"after {PATIENCE:.0f} s: {'; '.join(left)}"[:300])
            notes += mend(lab)
        time.sleep(REST)
    lost = {kind: {"failed": asked.lost(kind, killed), "gap": round(asked.gap(kind, killed), 1)} for kind in READS}
    before = sum(bool(one.failure) for each in asked.requests.values() for one in each if one.sent < killed)
    sent = sum(one.sent >= killed for each in asked.requests.values() for one in each)
    return {
        "well": None if well is None else round(well, 1),
        "sent": sent,
        "failed_before": before,
        "lost": lost,
        "notes": notes,
    }


def mend(lab: Lab) -> list[str]:
    """Bring the cloud back; return what it took."""
    done = revive(lab)
    if done and wait(lab, PATIENCE)[0] is not None:
        return [*done, "started"]
    applied = lab.skylift("apply", "--yes")
    done.append(f"skylift apply ended with {applied.returncode}")
    if wait(lab, PATIENCE)[0] is None:
        done += revive(lab)
        took, left = wait(lab, PATIENCE)
        done.append(
            "well after guests were started" if took is not None else f"still not well: {'; '.join(left)}"[:300]
        )
    return done


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the table of all containers: for each API, requests that failed and the longest time without an answer."""
    kinds = list(READS)
    lines = [f"| killed | well after | requests | {' | '.join(kinds)} | |", "|---" * (len(kinds) + 4) + "|"]
    for short, one in found.items():
        cells = [_cell(one["lost"][kind]) for kind in kinds]
        well = "not by itself" if one["well"] is None else f"{one['well']:.1f} s"
        lines.append(f"| {short} | {well} | {one['sent']} | {' | '.join(cells)} | {'; '.join(one['notes'])} |")
    return "\n".join(lines)


def _cell(lost: Mapping[str, Any]) -> str:
    return f"{lost['failed']} ({lost['gap']:.1f} s)" if lost["failed"] else ""


def main(arguments: Sequence[str]) -> int:
    """Kill all containers, one after another; exit 1 when one of them left the cloud broken for good."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("build/kill-each.json"))
    parser.add_argument("--only", action="append", default=[], metavar="CONTAINER")
    options = parser.parse_args(arguments)
    results = Results(options.output, "containers")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    try:
        lab = Lab.open(options.config)
        try:
            prepare(lab)
            for short in options.only or [one for one in lab.shorts if one not in results.entries]:
                results.entries[short] = kill(lab, short)
                results.write()
                say(f"{short}: {json.dumps(results.entries[short])}")
                if wait(lab, PATIENCE)[0] is None:
                    sys.exit("the cloud is not well again: mend it, and start the bench once more")
        finally:
            stop_probe(lab)
    except (Problem, Failed, subprocess.TimeoutExpired) as error:
        sys.exit(str(error))
    sys.stdout.write(f"\n{table(results.entries)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
