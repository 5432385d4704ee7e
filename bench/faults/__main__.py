"""Put faults into a running cloud, one after another, and print what heals by itself and what doctor names.

    python -m bench.faults --config DIR [--only NAME …] [--kind KIND …] [--from NAME] [--again] [--list]

The cloud of the configuration folder runs already, on one node, and is there for this alone: it is broken on purpose.
What is in the file of results is not done again; SIGTERM ends the bench when the cloud is well again.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.faults.doctor import ask
from bench.faults.fault import Fault
from bench.faults.known import MADE, WRITTEN, faults
from bench.faults.lab import Failed, Lab
from bench.faults.run import put_in
from bench.faults.session import Results, prepare, say
from bench.faults.table import healthy, row, table
from bench.faults.well import stop_probe

from skylift.model.problem import Problem

RUNS = 20
"""How often doctor looks at the healthy cloud."""


def look_while_well(lab: Lab, results: Results) -> None:
    """Let doctor look at the healthy cloud, as often as is missing."""
    while len(results.healthy) < RUNS:
        opinion = ask(lab)
        codes = [str(one.get("code")) for one in opinion.findings]
        run = {"seconds": round(opinion.seconds, 2), "findings": codes, "error": opinion.error}
        results.healthy.append(run)
        results.write()
    say(healthy(results.healthy))


def wanted(options: argparse.Namespace, known: dict[str, tuple[Fault, ...]], done: set[str]) -> list[tuple[str, Fault]]:
    """Return the faults to put in, each with its kind. Ends the bench where a name is unknown."""
    every = [(kind, fault) for kind, group in known.items() for fault in group]
    names = [fault.name for _, fault in every]
    for name in [*options.only, *([options.begin] if options.begin else [])]:
        if name not in names:
            sys.exit(f"there is no fault {name!r}; --list names them all")
    if options.only:
        return [(kind, fault) for kind, fault in every if fault.name in options.only]
    every = every[names.index(options.begin) :] if options.begin else every
    return [
        (kind, fault)
        for kind, fault in every
        if (not options.kind or kind in options.kind) and (options.again or fault.name not in done)
    ]


def bench(lab: Lab, options: argparse.Namespace, results: Results, stopping: list[bool]) -> bool:
    """Put the faults in, until ``stopping`` is filled; return whether the cloud was well again after each."""
    chosen = wanted(options, faults(lab.shorts), set(results.entries))
    prepare(lab)
    if options.doctor and not options.only:
        look_while_well(lab, results)
    for number, (kind, fault) in enumerate(chosen, 1):
        entry = put_in(lab, fault, kind, with_doctor=options.doctor)
        results.entries[fault.name] = entry.as_dict()
        results.write()
        say(f"{number}/{len(chosen)} {row(entry.as_dict())} {entry.error} {'; '.join(entry.notes)}")
        if entry.mended == "no":
            say("the cloud is not well again: mend it, and start the bench once more")
            return False
        if stopping:
            break
    return True


def main(arguments: Sequence[str]) -> int:
    """Run the bench; exit 1 when the cloud was not well again after a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("build/faults.json"))
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--kind", action="append", default=[], choices=[*WRITTEN, *MADE])
    parser.add_argument("--from", dest="begin", default="", metavar="NAME")
    parser.add_argument("--again", action="store_true", help="also what is in the results already")
    parser.add_argument("--list", action="store_true", help="print the names and put nothing in")
    parser.add_argument("--no-doctor", dest="doctor", action="store_false", help="do not ask doctor")
    options = parser.parse_args(arguments)
    results = Results(options.output, "faults")
    stopping: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    try:
        lab = Lab.open(options.config)
        if options.list:
            for kind, group in faults(lab.shorts).items():
                sys.stdout.write(f"{kind}: {', '.join(fault.name for fault in group)}\n")
            return 0
        try:
            well = bench(lab, options, results, stopping)
        finally:
            stop_probe(lab)
    except (Problem, Failed, subprocess.TimeoutExpired) as error:
        sys.exit(str(error))
    sys.stdout.write(f"\n{table(list(results.entries.values()))}\n{healthy(results.healthy)}\n")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
