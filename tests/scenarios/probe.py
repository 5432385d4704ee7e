"""Ask APIs without a pause while something else is done, and count who did not answer."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.scenarios.cloud import Cloud

PAUSE = 0.25
LONGEST = 10.0


@dataclass
class Probe:
    """Answers counted by service type, and each failure with its time."""

    answers: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


@contextmanager
def probing(cloud: Cloud, types: Sequence[str]) -> Iterator[Probe]:
    """Ask the APIs of ``types`` while the block runs."""
    listed = json.loads(cloud.ok("openstack", "endpoint", "list", "--interface", "public", "-f", "json").out)
    urls = {row["Service Type"]: row["URL"].split("%")[0] for row in listed if row["Service Type"] in types}
    assert set(urls) == set(types)
    with asking(urls) as probe:
        yield probe


@contextmanager
def asking(urls: Mapping[str, str]) -> Iterator[Probe]:
    """Send requests to each URL while the block runs: each ends with an answer below 500, or is told as a failure."""
    probe, stop = Probe(dict.fromkeys(urls, 0)), threading.Event()

    def ask(kind: str, url: str) -> None:
        while not stop.is_set():
            try:
                with urllib.request.urlopen(url, timeout=LONGEST):  # noqa: S310 - a URL of our catalogue
                    probe.answers[kind] += 1
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    probe.answers[kind] += 1
                else:
                    probe.failures.append(f"{kind}: {error.code} at {time.strftime('%X')}")
            except OSError as error:
                probe.failures.append(f"{kind}: {error} at {time.strftime('%X')}")
            time.sleep(PAUSE)

    threads = [threading.Thread(target=ask, args=item) for item in urls.items()]
    for thread in threads:
        thread.start()
    try:
        yield probe
    finally:
        stop.set()
        for thread in threads:
            thread.join()
