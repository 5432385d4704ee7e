"""The kill matrix: deploy, and SIGKILL the process at every operation of a first deployment at least once.

    python -m tests.scenarios.resume.matrix FOLDER [--seed N]

FOLDER has the place's configuration and ``reference.json``, which an undisturbed deployment left: the operations of
its plan in order, the seconds each took, and the end state. Position and delay at operation number N follow from the
seed and N. One life of the cloud, from nothing to its end, is killed many times. What the engine had finished before it
could be hit is hit when it has to be done again: its container is killed for that. Writes ``matrix.json`` and
``matrix.txt``; exit 1 when anything is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.scenarios.resume import end_state
from tests.scenarios.resume.child import Aim, Ended, preload, run
from tests.scenarios.resume.place import Place, docker, full_name
from tests.scenarios.resume.record import SEED, Kill, Matrix, figures, table

LIVES, AGAIN = 3, 5
"""How many lives at most, and how often in each what was done too soon is undone."""


def life(matrix: Matrix, place: Place, number: int) -> None:
    """Deploy from nothing to the end, killed at every operation that can still be hit."""
    pending: dict[str, list[Kill]] = {}
    again = AGAIN
    while True:
        ended = run(place.config, place.folder / "run.jsonl", matrix.aims())
        matrix.runs.append(ended)
        count = len(matrix.runs)
        for operation in list(pending):
            then = resumed(ended, operation, count)
            for kill in pending.pop(operation) if then else []:
                kill.then = then
        for operation, (position, after) in ended.killed.items():
            kill = Kill(number, count, position, after)
            matrix.kills.setdefault(operation, []).append(kill)
            pending.setdefault(operation, []).append(kill)
        sys.stdout.write(f"life {number} run {count}: {ended.seconds:.1f} s, plan {len(ended.plan)}, "
                         f"hit {sorted(ended.killed) or '-'} {ended.problem}\n")  # fmt: skip
        sys.stdout.flush()
        if ended.signal and not any(map(is_catalogue, ended.killed)):
            continue
        undone = undo(matrix.aims()) if again and not ended.problem else []
        again -= 1
        if not ended.signal and not undone:
            break
    if ended.problem:
        matrix.divergences.append(f"life {number}: {ended.problem}")


def undo(aims: Mapping[str, Aim]) -> list[str]:
    """Kill the containers of operations that were done before they could be hit; return their names.

    Once keystone answers, what it has already is in no plan: it is killed for the operations on its content.
    """
    targets = {
        operation.partition(":")[2] for operation in aims if operation.startswith(("container.st", "container.re"))
    }
    if any(map(is_catalogue, aims)):
        targets.add(full_name("keystone"))
    undone = sorted(targets & set(docker("ps", "--format", "{{.Names}}").split()))
    for name in undone:
        docker("kill", name)
    return undone


def is_catalogue(operation: str) -> bool:
    """Return whether an operation is on keystone's content."""
    return operation.startswith(("role.", "endpoint.", "account."))


def resumed(ended: Ended, operation: str, number: int) -> str:
    """Return how run ``number`` resumed an operation that had been cut off; empty when it did not come so far."""
    if ended.finished.get(operation) == "ok":
        return f"done by run {number}"
    if operation not in ended.plan and (ended.plan or not ended.signal):
        return f"found done by run {number}"
    return ""


def main(arguments: Sequence[str]) -> int:
    """Run the matrix."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    place = Place(options.folder)
    reference = json.loads((place.folder / "reference.json").read_text())
    matrix = Matrix(options.seed, reference["seconds"])
    preload()
    for number in range(1, LIVES + 1):
        if not matrix.aims():
            break
        place.ok("down", "--yes")
        life(matrix, place, number)
        if matrix.divergences:
            break
        began = time.monotonic()
        found = end_state.differences(place, reference["state"])
        pending = [operation["id"] for operation in place.run("plan", "--json").json["operations"]]
        matrix.divergences += [f"life {number}: {line}" for line in found]
        matrix.divergences += [f"life {number}: the plan is not empty: {one}" for one in pending]
        sys.stdout.write(f"life {number}: compared in {time.monotonic() - began:.0f} s\n")
    (place.folder / "matrix.txt").write_text(table(matrix) + "\n")
    (place.folder / "matrix.json").write_text(json.dumps(figures(matrix), indent=1) + "\n")
    sys.stdout.write(table(matrix) + "\n")
    told = figures(matrix)
    whole = told["hit"] == told["operations"] and told["resumed"] == told["operations_cut_off"]
    return 0 if whole and not matrix.divergences else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
