"""One fault: put it in, see whether it heals, ask doctor, mend it, see that the cloud is well again."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.faults.doctor import ask
from bench.faults.fault import READ, Fault, names
from bench.faults.guests import remove_mine, revive
from bench.faults.lab import Failed, Lab
from bench.faults.well import wait

from skylift.model.problem import Problem

WELL_AGAIN = 120.0
"""Seconds that the cloud is given to be well once the fault is mended."""
NOTICED = 1.0
"""Seconds until the engine has noticed what was done to a process."""
CALM = 20.0
"""After so many of these, guests that do not run are started."""
TROUBLE = (Problem, Failed, subprocess.TimeoutExpired, OSError, LookupError, ValueError, StopIteration)


@dataclass
class Entry:
    """What became of one fault.

    ``healed`` are the seconds until the cloud was well by itself; ``named`` tells whether doctor's first finding names
    the cause, None where it was not asked. ``mended``: itself, undo, apply, guests, or no.
    """

    name: str
    kind: str
    heals: bool = False
    expected: list[str] = field(default_factory=list)
    symptoms: list[str] = field(default_factory=list)
    healed: float | None = None
    named: bool | None = None
    first: dict[str, Any] | None = None
    findings: list[str] = field(default_factory=list)
    doctor_seconds: float | None = None
    mended: str = ""
    mend_seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether it healed, or was named."""
        return self.healed is not None or bool(self.named)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def put_in(lab: Lab, fault: Fault, kind: str, *, with_doctor: bool) -> Entry:
    """Put a fault in and return what became of it; afterwards the cloud is well, or ``mended`` is ``no``."""
    entry = Entry(fault.name, kind, fault.heals, list(fault.expected))
    lab.notes = entry.notes
    lab.forget()
    kept: Any = None
    try:
        kept = fault.inject(lab)
    except TROUBLE as error:
        entry.error = f"could not be put in: {type(error).__name__}: {error}"
    else:
        time.sleep(NOTICED)
        took, entry.symptoms = wait(lab, fault.patience, fault.there)
        entry.healed = None if took is None else round(took + NOTICED, 1)
        if entry.healed is None and with_doctor:
            _ask(lab, fault, entry)
    _mend(lab, fault, entry, kept)
    return entry


def _ask(lab: Lab, fault: Fault, entry: Entry) -> None:
    opinion = ask(lab)
    entry.doctor_seconds = round(opinion.seconds, 1)
    entry.findings = [str(one.get("code")) for one in opinion.findings]
    if opinion.error:
        entry.error = f"doctor: {opinion.error}"
    if opinion.first is not None:
        entry.first = {key: opinion.first.get(key) for key in (*READ, "evidence", "fix")}
    entry.named = opinion.first is not None and names(opinion.first, fault.expected)


def _mend(lab: Lab, fault: Fault, entry: Entry, kept: Any) -> None:
    """Undo the fault, or let ``apply`` do it; whichever did not help is followed by the other."""
    begun = time.monotonic()
    steps: list[tuple[str, Callable[[], None]]] = [("apply", lambda: _apply(lab, entry))]
    if fault.undo is not None:
        undo = fault.undo
        steps.insert(1 if fault.mended_by_apply else 0, ("undo", lambda: undo(lab, kept)))
    if entry.healed is not None and not entry.error:
        steps, entry.mended = [], "itself"
    for name, step in steps:
        try:
            step()
        except TROUBLE as error:
            entry.notes.append(f"{name}: {type(error).__name__}: {error}"[:300])
        lab.forget()
        if _calm(lab, fault, entry, name, WELL_AGAIN if name == steps[-1][0] else WELL_AGAIN / 2):
            break
    else:
        entry.mended = entry.mended or "no"
    if entry.mended == "itself":
        _tidy(lab, entry)
    entry.mend_seconds = round(time.monotonic() - begun, 1)


def _calm(lab: Lab, fault: Fault, entry: Entry, step: str, seconds: float) -> bool:
    """Wait until the cloud is well after ``step``; start guests that do not run when that takes long."""
    _tidy(lab, entry)
    took, left = wait(lab, CALM, fault.there)
    started = False
    if took is None:
        try:
            done = revive(lab)
        except TROUBLE as error:
            done = []
            entry.notes.append(f"guests could not be started: {error}"[:200])
        started = bool(done)
        entry.notes += done
        took, left = wait(lab, seconds - CALM, fault.there)
    if took is None:
        entry.notes.append(f"after {step}: {'; '.join(left)}"[:400])
        return False
    entry.mended = f"{step}, guests started" if started else step
    return True


def _tidy(lab: Lab, entry: Entry) -> None:
    try:
        remove_mine(lab)
    except TROUBLE as error:
        entry.notes.append(f"guests of the fault: {error}"[:200])


def _apply(lab: Lab, entry: Entry) -> None:
    done = lab.skylift("apply", "--yes")
    if done.returncode:
        entry.notes.append(f"apply ended with {done.returncode}: {done.stderr[-300:]}")
