"""Words and numbers as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable

from skylift.model.naming import group as group
from skylift.model.naming import kind as kind
from skylift.model.naming import short as short
from skylift.model.naming import verb as verb


def seconds(value: float) -> str:
    """Return a duration: ``0.4 s``, ``12 s``, ``3 min 05 s``, ``2 h 10 min``."""
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 100:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def age(value: float) -> str:
    """Return an age in its largest unit: ``12 s``, ``5 min``, ``3 h``, ``2 days``."""
    if value < 60:
        return f"{int(value)} s"
    if value < 3600:
        return f"{int(value // 60)} min"
    if value < 48 * 3600:
        return f"{int(value // 3600)} h"
    return f"{int(value // 86400)} days"


def size(value: int) -> str:
    """Return a number of bytes in decimal units: ``512 B``, ``1.2 GB``."""
    amount = float(value)
    for unit in ("B", "kB", "MB"):
        if amount < 999.5:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def count(number: int, word: str) -> str:
    """Return ``1 operation`` or ``3 operations``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def some(names: Iterable[str], limit: int = 3) -> str:
    """Return names joined by commas; past ``limit`` only how many more there are."""
    listed = list(names)
    if len(listed) <= limit:
        return ", ".join(listed)
    return ", ".join(listed[:limit]) + f" and {len(listed) - limit} more"
