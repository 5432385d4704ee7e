"""noVNC: a guest's screen through the proxy."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven

_BANNER = b"RFB 003."
_SECONDS = 20


def socket_url(console: str) -> str:
    """Return the WebSocket address that the noVNC page at ``console`` opens: its ``path``, or ``websockify``."""
    parts = urlsplit(console)
    query = parse_qs(parts.query)
    path = query.get("path", [""])[0]
    if not path and "token" in query:
        path = f"websockify?token={query['token'][0]}"
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}/{path.lstrip('/')}"


async def run(bench: Bench) -> str:
    """Ask Nova for a console, open its WebSocket as a browser does, read what the screen's server says first."""
    import aiohttp

    guest = bench.made.guests[0]
    body = {"remote_console": {"protocol": "vnc", "type": "novnc"}}
    answer = await bench.post("compute", f"/servers/{guest.id}/remote-consoles", body)
    console = str(answer["remote_console"]["url"])
    page = urlsplit(console)
    where = f"{page.scheme}://{page.netloc}"
    try:
        limit = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(timeout=limit, headers={"Origin": where}) as session:
            async with session.get(f"{where}{page.path}") as shown:
                if shown.status != 200:
                    raise Unproven(f"the noVNC page at {where}{page.path}", f"status {shown.status}")
            async with session.ws_connect(socket_url(console), protocols=("binary",)) as channel:
                greeting = await channel.receive_bytes(timeout=_SECONDS)
    except (aiohttp.ClientError, OSError, TimeoutError, TypeError) as error:
        seen = f"{type(error).__name__}: {error}".replace(page.query, "…")
        raise Unproven(f"a WebSocket at {where} within {_SECONDS} s", seen) from error
    if not greeting.startswith(_BANNER):
        raise Unproven(f"{_BANNER.decode()} from {where}", repr(greeting[:40]))
    return f"{where} greets with {greeting.decode().strip()}"


PROOF = Proof("novnc", "a guest's screen through noVNC", "nova", run, place=90, needs=("guests",))
