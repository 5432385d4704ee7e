"""Ask an OVSDB server over TCP (RFC 7047), and read rows of its answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

LIMIT = 64 << 20
SECONDS = 3.0

Row = Mapping[str, Any]


def select(table: str, *columns: str) -> dict[str, Any]:
    """Return the operation that reads columns of all rows of a table."""
    return {"op": "select", "table": table, "where": [], "columns": list(columns)}


async def ask(
    host: str,
    port: int,
    database: str,
    *operations: Mapping[str, Any],
    limit: Callable[[float], AbstractAsyncContextManager[Any]] = asyncio.timeout,
) -> list[list[Row]]:
    """Return the rows of each operation. Raises OSError, TimeoutError, and ValueError for a refusal."""
    async with limit(SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(json.dumps({"method": "transact", "params": [database, *operations], "id": 1}).encode())
            await writer.drain()
            answer = await _answer(reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
    if answer.get("error"):
        raise ValueError(f"{database}: {answer['error']}")
    return rows_of(answer["result"])


async def _answer(reader: asyncio.StreamReader) -> dict[str, Any]:
    """Return the answer with our id. The server may send an echo first, which needs no reply in this short time."""
    decoder, text = json.JSONDecoder(), b""
    while len(text) < LIMIT:
        piece = await reader.read(1 << 16)
        if not piece:
            raise OSError("the connection was closed without an answer")
        text += piece
        # The answer ends with its last bracket; before, decoding would be in vain.
        while text.rstrip().endswith(b"}"):
            try:
                value, end = decoder.raw_decode(text.decode())
            except ValueError:
                break
            if value.get("id") == 1 and value.get("method") is None:
                return dict(value)
            text = text.decode()[end:].lstrip().encode()
    raise ValueError("the answer is too long")


def rows_of(results: Sequence[Any]) -> list[list[Row]]:
    """Return the rows of each result. Raises ValueError for an operation that failed."""
    found = []
    for result in results:
        if result is None or result.get("error"):
            raise ValueError(str((result or {}).get("details") or (result or {}).get("error") or "no result"))
        found.append(list(result["rows"]))
    return found


def atoms(value: Any) -> tuple[Any, ...]:
    """Return the members of a set, a value being a set of one; of ``["uuid", X]`` it is X."""
    if isinstance(value, list) and len(value) == 2 and value[0] == "set":
        return tuple(item for member in value[1] for item in atoms(member))
    if isinstance(value, list) and len(value) == 2 and value[0] in ("uuid", "named-uuid"):
        return (value[1],)
    return (value,)


def mapping(value: Any) -> dict[str, Any]:
    """Return a map as a dictionary."""
    if isinstance(value, list) and len(value) == 2 and value[0] == "map":
        return {str(key): item for key, item in value[1]}
    return {}


def first(value: Any) -> Any:
    """Return the one member of a set that may be empty, or None."""
    return next(iter(atoms(value)), None)
