"""Versions of what Skylift stands on that are known not to work, and what was seen of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem

OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Known:
    """Versions of ``part`` from ``first`` to before ``fixed`` that have a fault.

    ``fatal``: no cloud comes up on them as their makers released them. Distributions mend faults under the same number.
    """

    part: str
    first: tuple[int, ...]
    fixed: tuple[int, ...]
    fault: str
    fatal: bool = True


# Sources: moby 42680 and 42836 (clone3 in the seccomp profile), moby 49557 and the notes of 28.0.2 (tables of the
# packet filter), runc 3551 and k3s 6064 (terminals).
BAD = (
    Known(
        "Engine",
        (20, 10),
        (20, 10, 10),
        "its system call filter refuses clone3 with the wrong error, so that no program of the images starts a thread",
    ),
    Known("Engine", (28, 0, 0), (28, 0, 2), "it needs parts of the packet filter that many kernels lack", fatal=False),
    Known(
        "runc",
        (1, 1, 3),
        (1, 1, 4),
        "commands with a terminal fail in containers after a reload of systemd",
        fatal=False,
    ),
)


def numbers(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version (``20.10.24+dfsg1`` → 20, 10, 24); empty for another form."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return tuple(map(int, found[1].split("."))) if found else ()


def known_bad(context: Context) -> Iterator[tuple[Known, str]]:
    """Yield what is known of the versions that are there, each with the version."""
    engine = context.host.engine
    if engine.name != "Docker":
        return
    parts = {**engine.parts, "Engine": engine.version}
    for known in BAD:
        version = numbers(parts.get(known.part, ""))
        if version and known.first <= version < known.fixed:
            yield known, parts[known.part]


def _lines(context: Context, *, fatal: bool) -> list[str]:
    return [
        f"{known.part} {version}: {known.fault}"
        for known, version in known_bad(context)
        if fatal == (known.fatal and re.fullmatch(r"[\d.]+(-ce)?", version) is not None)
    ]


def check(context: Context) -> Problem | None:
    """Refuse a Python that is too old, and versions of the engine on which no cloud comes up."""
    python = context.host.python
    lines = _lines(context, fatal=True)
    if python and python < OLDEST_PYTHON:
        lines.append(f"Python {'.'.join(map(str, python))}: {'.'.join(map(str, OLDEST_PYTHON))} is the least")
    if not lines:
        return None
    return Problem(
        code="version-bad",
        summary="A version is known not to work",
        detail="\n".join(lines),
        fix="Upgrade it: apt-get update && apt-get install --only-upgrade docker.io python3 (or your distribution's).",
    )


def warn(context: Context) -> tuple[Problem, ...]:
    """Tell of versions with a fault that most clouds do not meet."""
    lines = _lines(context, fatal=False)
    if not lines:
        return ()
    return (
        Problem(
            code="version-doubtful",
            summary="A version has a fault that may be met",
            detail="\n".join(lines),
            fix="Upgrade it at the next occasion.",
        ),
    )


def looked(context: Context) -> str:
    """Name the versions."""
    parts = [
        f"{name} {version}" for name, version in context.host.engine.parts.items() if name in ("containerd", "runc")
    ]
    python = ".".join(map(str, context.host.python))
    return ", ".join([f"engine {context.host.engine.version}", *parts, f"Python {python}"])
