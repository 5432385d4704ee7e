"""Read the packet filter: whether the engine keeps its address translation there, and what names our interfaces."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

SECONDS = 2.0
OURS = re.compile(r"\bsk-[0-9a-f]{8}[iet]\b")
ENGINE = re.compile(r"\b(DOCKER|docker-bridges|NETAVARK|netavark)\b")

CHAIN = re.compile(r"\b(neutron|nova|octavia)-[\w-]+")
PORT = re.compile(r"\b(qbr|qvo|qvb|tap)[0-9a-f]{8}-[0-9a-f]{2}\b|\bo-b?hm0\b")

DUMPS = (
    ("iptables-nft-save",),
    ("iptables-legacy-save",),
    ("iptables-save",),
    ("nft", "list", "ruleset"),
)


@dataclass(frozen=True, slots=True)
class FilterRules:
    """``engine`` tells whether the engine's rules are there, None when nothing could be read. ``ours``: lines.

    ``foreign`` are the chains, and the lines outside of them, of other deployments of OpenStack.
    """

    engine: bool | None
    ours: tuple[str, ...]
    foreign: tuple[str, ...] = ()


async def read_rules() -> FilterRules:
    """Dump the packet filter with every tool that is installed, side by side. Only root may look."""
    if os.geteuid() != 0:
        return FilterRules(None, ())
    found = await asyncio.gather(*(_dump(command) for command in DUMPS if shutil.which(command[0])))
    return judge(text for text in found if text is not None)


def judge(dumps: Iterable[str]) -> FilterRules:
    """Return what the dumps say. Pure."""
    texts = [text for text in dumps if text.strip()]
    if not texts:
        # Tables that were never used dump as nothing, and then there is nothing to judge by either.
        return FilterRules(None, ())
    lines = [line.strip() for text in texts for line in text.splitlines()]
    return FilterRules(
        engine=any(ENGINE.search(text) for text in texts),
        ours=tuple(dict.fromkeys(line for line in lines if OURS.search(line))),
        foreign=tuple(dict.fromkeys(name for line in lines for name in _foreign(line))),
    )


def _foreign(line: str) -> Iterable[str]:
    """Return the chain of another OpenStack that a line defines, or the line where it only names one's interface."""
    if line.startswith((":", "chain ")):
        name = line.lstrip(":").removeprefix("chain ").split(" ", 1)[0]
        return [f"chain {name}"] if CHAIN.match(name) else []
    return [line] if PORT.search(line) and not CHAIN.search(line) else []


async def _dump(command: tuple[str, ...]) -> str | None:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    except TimeoutError:
        # It may have ended just now, or have left its output to a process of its own.
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return None
    return output.decode(errors="replace") if process.returncode == 0 else None
