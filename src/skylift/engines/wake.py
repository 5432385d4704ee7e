"""The process of a node's container: it starts what belongs to the node and does not run, then sleeps.

An engine that comes up starts all containers at once, and never again one whose network was not there yet: of those
that are joined to the node, about half. One that goes on in the network of the node's former process is cut off. This
file runs inside the container, with Python's own library only; when all is well nothing of it stays in memory.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

LABEL = "io.skylift."
SOCKET = "/run/engine.sock"
PATIENCE = 900
"""Seconds after which nothing more is expected to become well."""
PAUSE = 2.0
SHARES = 1024
"""The engine's, where none are given."""
NEVER = "0001-"
Item = Mapping[str, Any]
Ask = Callable[[str, str], Any]
"""Takes method and path, returns the decoded answer. Raises OSError when the engine does not answer or refuses."""


class Connection(http.client.HTTPConnection):
    """HTTP over the engine's socket."""

    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=60)
        self._path = path

    def connect(self) -> None:
        """Connect to the path instead of the host."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask(method: str, path: str) -> Any:
    """Ask the engine. Raises OSError."""
    connection = Connection(SOCKET)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()
    if answer.status >= 400:
        raise OSError(f"{answer.status}: {body.decode(errors='replace').strip()}")
    return json.loads(body) if body else None


def due(container: Item, node: Item) -> str:
    """Return what a container joined to ``node`` needs: start, restart, or nothing. Both are as inspected.

    One that somebody stopped after the node's start is let alone, and so is one that has never run: it is just being
    deployed.
    """
    state, since = container["State"], node["State"]["StartedAt"]
    if state.get("Paused") or state.get("Restarting") or state["StartedAt"].startswith(NEVER):
        return ""
    if state["Running"]:
        return "restart" if moment(state["StartedAt"]) < moment(since) else ""
    return "start" if state.get("Error") or moment(state["FinishedAt"]) < moment(since) else ""


def moment(text: str) -> tuple[str, str]:
    """Return what can be compared of the engine's time, ``2026-11-30T17:02:51.0123456Z``: digits may be missing."""
    whole, _, part = text.rstrip("Z").partition(".")
    return whole, part.ljust(9, "0")


def joined(ask: Ask, name: str) -> tuple[Item, list[Item]]:
    """Return the node's container and those in its network that are to run always, as inspected.

    Those with the larger share of the processors come first: others wait for them.
    """
    node = ask("GET", f"/containers/{name}/json")
    cloud = node["Config"]["Labels"][LABEL + "cloud"]
    wanted = quote(json.dumps({"label": [f"{LABEL}cloud={cloud}"]}))
    found = []
    for one in ask("GET", f"/containers/json?all=1&filters={wanted}"):
        if one["HostConfig"]["NetworkMode"] in (f"container:{node['Id']}", f"container:{name}"):
            shown = ask("GET", f"/containers/{one['Id']}/json")
            if shown["HostConfig"]["RestartPolicy"]["Name"] == "always":
                found.append(shown)
    return node, sorted(found, key=lambda one: (-int(one["HostConfig"].get("CpuShares") or SHARES), one["Name"]))


def look_after(ask: Ask, name: str) -> int:
    """Do once what is due; return for how many containers something was."""
    node, containers = joined(ask, name)
    count = 0
    for container in containers:
        if what := due(container, node):
            count += 1
            say(f"{what} {container['Name'].lstrip('/')}")
            try:
                ask("POST", f"/containers/{container['Id']}/{what}")
            except OSError as error:
                say(f"  {error}")
    return count


def say(text: str) -> None:
    """Tell the container's log."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(name: str) -> None:
    """Look after the node until nothing is due any more, then sleep for ever."""
    ends = time.monotonic() + PATIENCE
    quiet = 0
    while quiet < 2 and time.monotonic() < ends:
        try:
            quiet = 0 if look_after(ask, name) else quiet + 1
        except OSError as error:
            say(f"the engine: {error}")
        time.sleep(PAUSE)
    os.execv("/usr/bin/sleep", ["sleep", "infinity"])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1])
