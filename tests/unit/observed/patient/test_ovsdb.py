"""Questions to an OVSDB server, answered by a made-up one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.observed.patient import ovsdb


@asynccontextmanager
async def server(*pieces: bytes, pause: float = 0.0) -> AsyncIterator[tuple[int, list[Any]]]:
    """A server that answers with these pieces, whatever it is asked."""
    asked: list[Any] = []
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(json.loads(await reader.read(1 << 16)))
        with suppress(OSError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
            writer.close()
            await writer.wait_closed()
        ended.set()

    one = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with one:
        yield one.sockets[0].getsockname()[1], asked
        await ended.wait()


ROWS = [{"name": "böse}"}]
ANSWER = json.dumps({"id": 1, "error": None, "result": [{"rows": ROWS}]}).encode()
ECHO = b'{"id":"echo","method":"echo","params":[]}'


@pytest.mark.parametrize("cut", [1, 20, len(ANSWER) - 1])
async def test_an_answer_in_pieces_after_an_echo(cut: int) -> None:
    async with server(ECHO + ANSWER[:cut], ANSWER[cut:], pause=0.01) as (port, asked):
        assert await ovsdb.ask("127.0.0.1", port, "DB", ovsdb.select("T", "name")) == [ROWS]
    assert asked[0]["params"] == ["DB", {"op": "select", "table": "T", "where": [], "columns": ["name"]}]


async def test_refusals_and_silence() -> None:
    async with server(b'{"id":1,"error":"unknown database","result":null}') as (port, _):
        with pytest.raises(ValueError, match="unknown database"):
            await ovsdb.ask("127.0.0.1", port, "DB")
    async with server(b'{"id":1,"error":null,"result":[{"error":"syntax","details":"no column"}]}') as (port, _):
        with pytest.raises(ValueError, match="no column"):
            await ovsdb.ask("127.0.0.1", port, "DB")
    async with server() as (port, _):
        with pytest.raises(OSError, match="closed"):
            await ovsdb.ask("127.0.0.1", port, "DB")


@given(st.lists(st.integers() | st.text()))
def test_sets_of_any_size(values: list[Any]) -> None:
    assert ovsdb.atoms(["set", values]) == tuple(values)
    assert ovsdb.first(["set", values]) == (values[0] if values else None)


@given(st.dictionaries(st.text(), st.text()))
def test_maps(values: dict[str, str]) -> None:
    assert ovsdb.mapping(["map", [list(item) for item in values.items()]]) == values
    assert ovsdb.mapping("text") == {} and ovsdb.atoms(["uuid", "x"]) == ("x",)
