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
        return {"cache": read(await ask(bed.cloud.api_address, PORT))}


async def ask(address: str, port: int) -> str:
    """Return the answer to ``stats``. Raises OSError, also for half an answer or one that does not end."""
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write(b"stats\r\n")
        await writer.drain()
        return (await reader.readuntil(b"END\r\n")).decode(errors="replace")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        # Neither is an OSError of its own accord.
        raise OSError("what answered at the cache's port did not finish its answer") from error
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def read(answer: str) -> Cache:
    """Return the cache from its lines ``STAT name value``."""
    stats = {words[1]: words[2] for line in answer.splitlines() if len(words := line.split()) == 3}
    return Cache(
        connections=int(stats["curr_connections"]),
        limit=int(stats.get("max_connections", "0")),
        refused=int(stats.get("listen_disabled_num", "0")) + int(stats.get("rejected_connections", "0")),
        uptime=float(stats.get("uptime", "0")),
    )
