"""A clock that is far off breaks tokens, certificates and package signatures, with messages that mislead."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem

# OpenStack's releases: YYYY.1 comes out around 1 April, YYYY.2 around 1 October. A month of grace for candidates.
FIRST_MONTH = {"1": 3, "2": 9}


def earliest(release: str) -> datetime | None:
    """Return a moment that lies before a release (``2026.2``), or None for a name of another form."""
    match = re.fullmatch(r"(20\d\d)\.([12])", release)
    return datetime(int(match[1]), FIRST_MONTH[match[2]], 1, tzinfo=UTC) if match else None


APART = 30.0
"""Seconds that the engine's clock may differ from ours. Both are one clock unless the engine is elsewhere."""


def check(context: Context) -> Problem | None:
    """Refuse a clock that stands before the release that is to be deployed, or that differs from the engine's."""
    ahead = context.host.engine.ahead
    if ahead is not None and abs(ahead) > APART:
        return Problem(
            code="clock-skew",
            summary="The engine's clock and this machine's differ",
            detail=f"the engine's is {abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}",
            fix="Set both clocks by NTP: timedatectl set-ntp true",
        )
    begin = earliest(context.cloud.release)
    if begin is None or not context.host.clock or context.host.clock >= begin.timestamp():
        return None
    shown = datetime.fromtimestamp(context.host.clock, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Problem(
        code="clock-behind",
        summary="The machine's clock is behind",
        detail=f"it shows {shown}, and OpenStack {context.cloud.release} was not there before {begin:%Y-%m}",
        fix="Set the clock: timedatectl set-ntp true (or date -u -s 'YYYY-MM-DD HH:MM').",
    )


def warn(context: Context) -> tuple[Problem, ...]:
    """Tell of a clock that nobody keeps, where nodes are hosts: each goes its own way."""
    if not context.hosts or context.host.synchronised is not False:
        return ()
    return (
        Problem(
            code="clock-unsynchronised",
            summary="Nothing keeps the machine's clock",
            detail="the kernel says that it is not synchronised; the clocks of several hosts drift apart",
            fix="timedatectl set-ntp true",
        ),
    )


def looked(context: Context) -> str:
    """Tell the time, the difference, and whether anybody keeps the clock; contained nodes all have this one."""
    shown = datetime.fromtimestamp(context.host.clock, UTC).strftime("%Y-%m-%d %H:%M UTC")
    ahead = context.host.engine.ahead
    apart = "" if ahead is None else f", the engine's {abs(ahead):.1f} s apart"
    kept = {True: ", synchronised", False: ", not synchronised, which contained nodes do not mind", None: ""}
    return shown + apart + kept[context.host.synchronised]
