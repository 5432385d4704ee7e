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
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scenarios.resume import end_state
from tests.scenarios.resume.child import Aim, Ended, Position, preload, run
from tests.scenarios.resume.place import NAME, Place, docker, full_name

SEED = 20261124
LIVES, AGAIN = 3, 5
"""How many lives at most, and how often in each what was done too soon is undone."""
NODE = f"container.start:{NAME}-node1"
LONGEST = 1.5
"""Seconds: what an operation does when it takes longer than this is waiting."""


@dataclass
class Kill:
    """One operation cut off once. ``then`` says how it was resumed; empty when it was not."""

    life: int
    run: int
    position: Position
    milliseconds: int
    then: str = ""


@dataclass
class Matrix:
    """All lives. ``kills`` by operation; ``divergences`` are differences of end states, failures, leftovers."""

    seed: int
    seconds: dict[str, float]
    kills: dict[str, list[Kill]] = field(default_factory=dict)
    divergences: list[str] = field(default_factory=list)
    runs: list[Ended] = field(default_factory=list)

    def aims(self) -> dict[str, Aim]:
        """Return where to hit each operation that was not hit yet."""
        found = {
            operation: aim(self.seed, number, self.seconds[operation])
            for number, operation in enumerate(self.seconds, 1)
            if operation not in self.kills
        }
        if NODE in found:
            # Nothing is left to be checked of a node that runs, so it is to be hit before it does.
            found[NODE] = Aim("start")
        return found


def aim(seed: int, number: int, seconds: float) -> Aim:
    """Return where operation ``number``, which takes ``seconds``, is hit."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - to be repeated is what it is for
    position = chance.choices(("start", "during", "end"), (1, 3, 1))[0]
    return Aim(position, chance.uniform(0.05, 0.95) * min(seconds, LONGEST))  # type: ignore[arg-type]


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


def table(matrix: Matrix) -> str:
    """Return the matrix as text, a line for each time an operation of a first deployment was cut off."""
    head = f"{'no':>4}  {'operation':<62}{'life':>5}{'run':>5}  {'position':<18}resumed"
    lines = [f"seed {matrix.seed}", head]
    for number, operation in enumerate(matrix.seconds, 1):
        for kill in matrix.kills.get(operation, []):
            where = kill.position if kill.position == "start" else f"{kill.position}, {kill.milliseconds} ms"
            lines.append(f"{number:>4}  {operation:<62}{kill.life:>5}{kill.run:>5}  {where:<18}{kill.then or 'NO'}")
        if operation not in matrix.kills:
            lines.append(f"{number:>4}  {operation:<62}{'never hit':>12}")
    lines += [f"DIVERGENCE {line}" for line in matrix.divergences]
    summary = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures(matrix).items())
    return "\n".join([*lines, summary])


def figures(matrix: Matrix) -> dict[str, Any]:
    """Return the figures of the matrix."""
    kills = [kill for operation in matrix.seconds for kill in matrix.kills.get(operation, [])]
    positions = [kill.position for kill in kills]
    return {
        "operations": len(matrix.seconds),
        "hit": sum(operation in matrix.kills for operation in matrix.seconds),
        "processes_killed": sum(ended.signal == 9 for ended in matrix.runs),
        "operations_cut_off": len(kills),
        **{f"at_{position}": positions.count(position) for position in ("start", "during", "end")},
        "resumed": sum(bool(kill.then) for kill in kills),
        "lives": max((kill.life for kill in kills), default=0),
        "divergences": len(matrix.divergences),
        "seconds": round(sum(ended.seconds for ended in matrix.runs)),
    }


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
