"""Which hosts this machine gets its packages from: they must stay reachable whatever networks a cloud is given."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from ipaddress import IPv4Address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

RESOLVE_SECONDS = 0.8
Answer = TypeVar("Answer")

APT_FOLDERS = ("/etc/apt/sources.list.d", "/etc/apt/apt.conf.d")
APT_SUFFIXES = ("", ".conf", ".list", ".sources")
APT_FILES = ("/etc/apt/sources.list", "/etc/apt/apt.conf")
PIP_FILES = ("/etc/pip.conf", "/etc/xdg/pip/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
UV_FILES = ("/etc/uv/uv.toml", "~/.config/uv/uv.toml")
VARIABLE = re.compile(r"^(https?|all|ftp)_proxy$|^(PIP|UV)_.*(URL|INDEX|LINKS|PROXY)", re.IGNORECASE)
ADDRESS = re.compile(r"\b(?:https?|ftp|socks[45]h?)://[^\s\"'<>,;\]]+", re.IGNORECASE)


def configured_hosts(environment: Mapping[str, str], root: Path = Path("/")) -> dict[str, str]:
    """Return the host names of package mirrors and proxies, each with the place it was found in.

    Read are apt's sources and proxies, the configuration of pip and uv, and the environment. Nothing is asked of any
    of the hosts. Files that cannot be read are passed over.
    """
    found: dict[str, str] = {}
    for place, text in _texts(environment, root):
        for host in hosts_in(text):
            found.setdefault(host, place)
    return found


def hosts_in(text: str) -> Iterator[str]:
    """Yield the host of every URL outside comments."""
    for line in text.splitlines():
        if line.lstrip().startswith(("#", "//", ";")):
            continue
        for match in ADDRESS.finditer(line):
            with suppress(ValueError):
                host = urlsplit(match.group()).hostname
                if host:
                    yield host


async def resolve(hosts: Iterable[str], seconds: float = RESOLVE_SECONDS) -> dict[str, tuple[IPv4Address, ...]]:
    """Return the IPv4 addresses of each host, all looked up side by side; what takes too long has none."""
    names = sorted(set(hosts))
    found = await asyncio.gather(*(_resolve(name, seconds) for name in names))
    return dict(zip(names, found, strict=True))


async def unknown_hosts(hosts: Iterable[str], seconds: float = RESOLVE_SECONDS) -> frozenset[str]:
    """Return those that the resolver says do not exist. One that answers late, or not at all, says nothing."""
    names = sorted(set(hosts))
    found = await asyncio.gather(
        *(asyncio.wait_for(in_thread(_unknown, name), seconds) for name in names), return_exceptions=True
    )
    return frozenset(name for name, unknown in zip(names, found, strict=True) if unknown is True)


def _unknown(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None, 0, socket.SOCK_STREAM)
    except socket.gaierror as error:
        return error.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
    except (OSError, UnicodeError):
        return False
    return False


async def _resolve(host: str, seconds: float) -> tuple[IPv4Address, ...]:
    try:
        return await asyncio.wait_for(in_thread(_addresses, host), seconds)
    except TimeoutError:
        return ()


def _addresses(host: str) -> tuple[IPv4Address, ...]:
    with suppress(OSError, UnicodeError):
        entries = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
        return tuple(sorted({IPv4Address(entry[4][0]) for entry in entries}))
    return ()


async def in_thread(call: Callable[[str], Answer], host: str) -> Answer:
    """Return what ``call`` does, from a thread of its own: an executor's are waited for at exit, for 10 s and more."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Answer] = loop.create_future()

    def tell(found: Answer) -> None:
        if not answer.done():
            answer.set_result(found)

    def work() -> None:
        found = call(host)
        with suppress(RuntimeError):  # the loop is closed: the time was up long ago
            loop.call_soon_threadsafe(tell, found)

    threading.Thread(target=work, daemon=True, name=f"resolve {host}").start()
    return await answer


def _texts(environment: Mapping[str, str], root: Path) -> Iterator[tuple[str, str]]:
    for name, value in environment.items():
        if VARIABLE.match(name):
            # Proxies may be written without a scheme.
            yield f"environment variable {name}", value if "://" in value else f"http://{value}"
    files = [_under(root, name) for name in (*APT_FILES, *PIP_FILES, *UV_FILES)]
    if config := environment.get("PIP_CONFIG_FILE"):
        files.append(Path(config))
    for folder in APT_FOLDERS:
        with suppress(OSError):
            files += sorted(path for path in _under(root, folder).iterdir() if path.suffix in APT_SUFFIXES)
    for path in files:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        yield str(path), text


def _under(root: Path, name: str) -> Path:
    if name.startswith("~"):
        return Path(name).expanduser()
    return root / name.lstrip("/")


def nameservers(root: Path = Path("/")) -> tuple[IPv4Address, ...]:
    """Return the resolvers in use; behind a local stub (systemd-resolved) those that it asks."""
    found: list[IPv4Address] = []
    for name in ("etc/resolv.conf", "run/systemd/resolve/resolv.conf"):
        with suppress(OSError):
            for line in (root / name).read_text(errors="replace").splitlines():
                words = line.split()
                if len(words) > 1 and words[0] == "nameserver":
                    with suppress(ValueError):
                        found.append(IPv4Address(words[1]))
    return tuple(dict.fromkeys(address for address in found if not address.is_loopback))
