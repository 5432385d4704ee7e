"""What became of each operation that was cut off, as a table and in figures."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.resume.child import Aim, Ended, Position
from tests.scenarios.resume.place import NAME

SEED = 20261124
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
    return "\n".join([*lines, *by_kind(matrix), summary])


def by_kind(matrix: Matrix) -> list[str]:
    """Return the lines of a table in Markdown: how often each kind of operation was cut off where, and how resumed."""
    lines = ["| operation | number | at its start | during | at its end | after | done again | found done |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    for kind in dict.fromkeys(operation.partition(":")[0] for operation in matrix.seconds):
        operations = [operation for operation in matrix.seconds if operation.partition(":")[0] == kind]
        kills = [kill for operation in operations for kill in matrix.kills.get(operation, [])]
        at = [kill.position for kill in kills]
        after = [kill.milliseconds for kill in kills if kill.position != "start"]
        found = sum(kill.then.startswith("found") for kill in kills)
        done = sum(bool(kill.then) for kill in kills) - found
        span = f"{min(after, default=0)}–{max(after, default=0)} ms"
        counts = (at.count("start"), at.count("during"), at.count("end"))
        cells = (f"`{kind}`", len(operations), *counts, span, done, found)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


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
