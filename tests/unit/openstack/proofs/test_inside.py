"""The script of the probe container, run here as it is there."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import skylift.openstack.proofs.inside as inside


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def script(*arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, inside.__file__, *arguments, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 10)


async def ask(process: Process, **request: Any) -> dict[str, Any]:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(request).encode() + b"\n")
    return dict(json.loads(await asyncio.wait_for(process.stdout.readline(), 10)))


async def test_it_serves_a_page_asks_for_it_and_notes_who_came() -> None:
    port = free_port()
    async with script("serve", str(port)) as process:
        assert process.stdout is not None
        assert json.loads(await process.stdout.readline()) == {"id": 0}
        assert await ask(process, id=1, op="page", text="hello\nthere") == {"id": 1}
        asked = await ask(process, id=2, op="get", url=f"http://127.0.0.1:{port}/x?y", timeout=5, count=3)
        assert asked == {"id": 2, "answers": [{"status": 200, "body": "hello\nthere", "error": ""}] * 3}
        assert await ask(process, id=3, op="visitors") == {"id": 3, "visitors": ["127.0.0.1"] * 3}


async def test_what_does_not_answer_is_told_and_nothing_waits_for_it() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        async with script("serve", str(free_port())) as process:
            assert process.stdin is not None and process.stdout is not None
            await process.stdout.readline()
            request = {"id": 1, "op": "get", "url": url, "timeout": 1.5}
            process.stdin.write(json.dumps(request).encode() + b"\n")
            assert await ask(process, id=2, op="visitors") == {"id": 2, "visitors": []}
            late = json.loads(await asyncio.wait_for(process.stdout.readline(), 10))
            assert late["answers"] == [{"status": 0, "body": "", "error": "no answer in 1.5 s"}]


async def test_an_address_where_nobody_listens_is_told_with_the_systems_words() -> None:
    async with script("serve", str(free_port())) as process:
        assert process.stdout is not None
        await process.stdout.readline()
        asked = await ask(process, id=1, op="get", url=f"http://127.0.0.1:{free_port()}/", timeout=2)
    assert "Connection refused" in asked["answers"][0]["error"]


async def test_the_relay_passes_bytes_both_ways_until_the_other_side_ends() -> None:
    async def upper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readline()).upper())
        writer.close()

    server = await asyncio.start_server(upper, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, script("relay", "127.0.0.1", str(port)) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(b"abc\x00\xff\n")
        assert await asyncio.wait_for(process.stdout.read(), 10) == b"ABC\x00\xff\n"
