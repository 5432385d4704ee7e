"""Call an address of the external network without a pause, from a container there, while something else is done."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SCRIPT = """
import sys, time, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
while True:
    begun = time.monotonic()
    try:
        with opener.open(sys.argv[1], timeout=5) as answer:
            print("ok" if answer.status == 200 else answer.status, flush=True)
    except OSError as error:
        print(f"{error} at {time.strftime('%X')}", flush=True)
    time.sleep(max(0.0, 0.2 - (time.monotonic() - begun)))
"""
"""One call at a time, five a second at most; an answer may take five seconds."""

ONCE = """
import sys, time, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ends = time.monotonic() + float(sys.argv[2])
while True:
    try:
        with opener.open(sys.argv[1], timeout=2) as answer:
            if answer.status == 200:
                break
            told = answer.status
    except OSError as error:
        told = error
    if time.monotonic() > ends:
        sys.exit(str(told))
    time.sleep(0.2)
"""


def await_answer(url: str, network: str, image: str, seconds: float) -> float:
    """Return after how many seconds ``url`` answered a container on ``network``. Raises CalledProcessError."""
    begun = time.monotonic()
    arguments = ("run", "--rm", "--network", network, "--entrypoint", "python3", image, "-c", ONCE, url, str(seconds))
    _docker(*arguments, timeout=seconds + 60)
    return time.monotonic() - begun


@dataclass
class Calls:
    """How many calls were answered, and each failure with its time."""

    answered: int = 0
    failures: list[str] = field(default_factory=list)


@contextmanager
def calling(url: str, network: str, image: str) -> Iterator[Calls]:
    """Call ``url`` from a container of ``image`` on the engine's ``network`` while the block runs."""
    calls = Calls()
    arguments = ("run", "--detach", "--network", network, "--entrypoint", "python3", image, "-c", SCRIPT, url)
    container = _docker(*arguments).strip()
    try:
        while "ok" not in _docker("logs", container):
            time.sleep(0.2)
        yield calls
        lines = _docker("logs", container).splitlines()
        calls.answered = lines.count("ok")
        calls.failures = [line for line in lines[lines.index("ok") :] if line != "ok"]
    finally:
        _docker("rm", "--force", container)


def _docker(*arguments: str, timeout: float = 60) -> str:
    return subprocess.run(["docker", *arguments], text=True, capture_output=True, check=True, timeout=timeout).stdout
