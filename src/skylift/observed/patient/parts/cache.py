"""Memcached, asked at its port."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from skylift.model.patient_infra import Cache
from skylift.observed.patient.bed import Bed

PART, SOURCE = "cache", "memcached stats"
PORT = 11211
SECONDS = 3.0


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``cache``."""
    bed.require("memcached")
    async with bed.patience.limit(SECONDS):
        reader, writer = await asyncio.open_connection(bed.cloud.api_address, PORT)
        try:
            writer.write(b"stats\r\n")
            await writer.drain()
            answer = await reader.readuntil(b"END\r\n")
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
    return {"cache": read(answer.decode(errors="replace"))}


def read(answer: str) -> Cache:
    """Return the cache from its lines ``STAT name value``."""
    stats = {words[1]: words[2] for line in answer.splitlines() if len(words := line.split()) == 3}
    return Cache(
        connections=int(stats["curr_connections"]),
        limit=int(stats.get("max_connections", "0")),
        refused=int(stats.get("listen_disabled_num", "0")) + int(stats.get("rejected_connections", "0")),
        uptime=float(stats.get("uptime", "0")),
    )
