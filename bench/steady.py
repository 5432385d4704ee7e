"""A steady load of requests to all APIs and to the guests' address, and what was not answered meanwhile.

Each is asked for something that lies in its database, with one token, at one rate, whoever else is slow.
"""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

RATE = 2.0
"""Requests a second to each."""
LONGEST = 10.0
"""Seconds that an answer may take."""


@dataclass(frozen=True)
class Request:
    """One request: when it was sent and answered (seconds of the monotonic clock), and why it failed, if so."""

    sent: float
    ended: float
    failure: str = ""


@dataclass
class Load:
    """All requests, by what was asked."""

    requests: dict[str, list[Request]] = field(default_factory=dict)

    def lost(self, name: str, since: float) -> int:
        """Return how many requests sent after ``since`` failed."""
        return sum(bool(one.failure) for one in self.requests[name] if one.sent >= since)

    def gap(self, name: str, since: float) -> float:
        """Return the longest time without an answer around failures after ``since``, in seconds; 0 without failure."""
        return gap(self.requests[name], since)


def gap(requests: Sequence[Request], since: float) -> float:
    """Return the longest time between two answers in a row with a failure between; open ends count up to the last."""
    longest, last, failed = 0.0, since, False
    for one in sorted(requests, key=lambda one: one.ended):
        if one.sent < since:
            continue
        if one.failure:
            failed = True
            end = one.ended
        else:
            end, begun, was = one.ended, last, failed
            last, failed = one.ended, False
            longest = max(longest, end - begun) if was else longest
    return max(longest, end - last) if failed else longest


@contextmanager
def load(urls: Mapping[str, str], token: str, rate: float = RATE) -> Iterator[Load]:
    """Send ``rate`` requests a second to each URL while the block runs, each with this token."""
    found, stop = Load({name: [] for name in urls}), threading.Event()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(name: str, url: str) -> None:
        request = urllib.request.Request(url, headers={"X-Auth-Token": token})  # noqa: S310 - of our catalogue
        sent = time.monotonic()
        try:
            with opener.open(request, timeout=LONGEST) as answer:
                answer.read()
            failure = ""
        except urllib.error.HTTPError as error:
            failure = str(error.code)
        except OSError as error:
            failure = str(error)
        found.requests[name].append(Request(sent, time.monotonic(), failure))

    def go_on(name: str, url: str) -> None:
        waiting: list[threading.Thread] = []
        while not stop.wait(1 / rate):
            waiting = [thread for thread in waiting if thread.is_alive()]
            waiting.append(threading.Thread(target=ask, args=(name, url)))
            waiting[-1].start()
        for thread in waiting:
            thread.join()

    threads = [threading.Thread(target=go_on, args=item) for item in urls.items()]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stop.set()
        for thread in threads:
            thread.join()
