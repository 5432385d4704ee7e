"""Faults of containers: each killed, stopped and paused; some of them frozen, where the engine sees a process.

Which containers there are is asked of the cloud: a service that is added is in the table by itself.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.faults.fault import Fault, Inject, Undo, container
from bench.faults.lab import Lab

NODE = "node1"
STOPPED = "stopp|exit|not run|down|ended"
PAUSED = "paus"
FROZEN_WORDS = "answer|unhealthy|frozen|stopp|hang|respon|time|check"
FROZEN = {"mariadb": "", "keystone": "", "nova_libvirt": "libvirtd", "ovn_controller": "", "octavia_driver_agent": ""}
"""Container to what is in the command of those of its processes that are frozen: all where it is empty."""
OTHERWISE = {NODE: ("network|namespace", NODE), "nova_libvirt": ("libvirt|hypervisor|guest", f"{STOPPED}|restart")}
"""What names a kill of those with which something ends that does not come back by itself."""


def killed(shorts: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults in which a container's first process ends as by kill -9: the engine starts it again.

    Where guests end with it, they stay down until somebody starts them. The node's own takes its network with it.
    """
    return tuple(
        Fault(
            f"killed-{short}",
            _each(_kill, short),
            OTHERWISE.get(short, (container(short), f"{STOPPED}|restart")),
            heals=True,
            patience=90,
            applies=True,
        )
        for short in shorts
    )


def stopped(shorts: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults in which a container was stopped by hand: the engine leaves it so, apply starts it."""
    return tuple(
        Fault(
            f"stopped-{short}",
            _each(_stop, short),
            (container(short), STOPPED),
            _undo("start", short),
            applies=True,
            patience=8,
        )
        for short in shorts
        if short != NODE
    )


def paused(shorts: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults in which a container was paused by hand."""
    return tuple(
        Fault(
            f"paused-{short}",
            _each(_pause, short),
            (container(short), PAUSED),
            _undo("unpause", short),
            applies=True,
            patience=8,
        )
        for short in shorts
        if short != NODE
    )


def frozen(shorts: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults in which processes are there and do nothing."""
    return tuple(
        Fault(
            f"frozen-{short}",
            _each(_freeze, short),
            (container(short), FROZEN_WORDS),
            _thaw,
            patience=20,
            there=_is_frozen(short),
        )
        for short in shorts
        if short in FROZEN
    )


def _each(action: Callable[[Lab, str], Any], short: str) -> Inject:
    return lambda lab: action(lab, short)


def _undo(command: str, short: str) -> Undo:
    def undo(lab: Lab, _: Any) -> None:
        lab.docker(command, lab.name(short), check=False)

    return undo


def _kill(lab: Lab, short: str) -> None:
    lab.signal(signal.SIGKILL, [lab.pid(short)])


def _stop(lab: Lab, short: str) -> None:
    lab.docker("stop", lab.name(short))


def _pause(lab: Lab, short: str) -> None:
    lab.docker("pause", lab.name(short))


def _freeze(lab: Lab, short: str) -> list[int]:
    processes = lab.processes(short, FROZEN[short])
    lab.signal(signal.SIGSTOP, processes)
    return processes


def _is_frozen(short: str) -> Callable[[Lab], bool]:
    def there(lab: Lab) -> bool:
        states = [Path(f"/proc/{number}/stat").read_text().rpartition(")")[2] for number in lab.processes(short)]
        return any(state.split()[0] == "T" for state in states)

    return there


def _thaw(lab: Lab, processes: Any) -> None:
    lab.signal(signal.SIGCONT, processes)
