"""Write rows through an API without a pause, and keep a ledger of those that were acknowledged."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

PAUSE = 0.05
TIMEOUT = 5.0


@dataclass
class Ledger:
    """Regions in keystone: each is one row, and one commit. ``refused`` counts what was not acknowledged."""

    url: str
    password: str
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    token: str = ""

    def write(self) -> None:
        """Write a row with a name that nobody has used."""
        name = f"ledger-{uuid.uuid4().hex}"
        if not self.token:
            self.token = self._log_in()
        try:
            self._ask("POST", "/regions", {"region": {"id": name}})
        except urllib.error.HTTPError as error:
            if error.code == 401:
                self.token = ""
            raise
        self.acknowledged.append(name)

    def lost(self) -> list[str]:
        """Return what was acknowledged and is not there, and remove the rest. Raises OSError."""
        self.token = self._log_in()
        there = {region["id"] for region in self._ask("GET", "/regions")["regions"]}
        for name in there.intersection(self.acknowledged):
            self._ask("DELETE", f"/regions/{name}")
        return [name for name in self.acknowledged if name not in there]

    def _log_in(self) -> str:
        user = {"name": "admin", "domain": {"id": "default"}, "password": self.password}
        scope = {"project": {"name": "admin", "domain": {"id": "default"}}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        with self._open("POST", "/auth/tokens", body) as answer:
            return str(answer.headers["X-Subject-Token"])

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        with self._open(method, path, body) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _open(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json", "X-Auth-Token": self.token}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)  # noqa: S310 - our keystone
        return urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310 - as above


@contextmanager
def writing(url: str, password: str) -> Iterator[Ledger]:
    """Write rows at keystone's ``url`` (with its version) while the block runs, whatever fails meanwhile."""
    ledger, stop = Ledger(url, password), threading.Event()

    def write() -> None:
        while not stop.is_set():
            try:
                ledger.write()
            except (OSError, ValueError):
                ledger.refused += 1
            time.sleep(PAUSE)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield ledger
    finally:
        stop.set()
        thread.join()


def until_known(ledger: Ledger, seconds: float) -> list[str]:
    """Return what was lost, as soon as keystone answers within ``seconds``. Raises the last OSError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            return ledger.lost()
        time.sleep(0.5)
    return ledger.lost()
