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


def check(context: Context) -> Problem | None:
    """Refuse a clock that stands before the release that is to be deployed."""
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
