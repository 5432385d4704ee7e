"""The protocol spoken with the probe: JSON objects, one a line. Pure."""

from __future__ import annotations

import json
from typing import Any


def encode(number: int, operation: str, **fields: Any) -> bytes:
    """Return one request as a line. ``number`` comes back in its answer."""
    return json.dumps({"id": number, "op": operation, **fields}).encode() + b"\n"


class Lines:
    """Puts JSON lines together from pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the objects that ``data`` completes. Raises ValueError for a line that is no JSON object."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        found = []
        for line in whole:
            value = json.loads(line)
            if not isinstance(value, dict):
                raise ValueError(f"not an object: {line[:80]!r}")
            found.append(value)
        return found
