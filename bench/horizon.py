"""Measure the dashboard: its login page, and the list of 50 instances. Prints a table.

    python -m bench.horizon --config DIR

The cloud of the configuration folder runs already, with horizon on. The instances are asked for in one request with a
flavor that no machine has, so each is there with its error and takes no memory; they and the flavor are removed again.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import requests
from ruamel.yaml import YAML

SKYLIFT = Path(sys.executable).with_name("skylift")
NAME = "skylift-bench-horizon"
INSTANCES = 50
TIMES = 5
BARS = {"login page": 1.0, f"list of {INSTANCES} instances": 2.0}
"""Seconds that must be kept."""


def client(config: Path, *arguments: str) -> str:
    """Call the OpenStack client; exit with its words when it fails."""
    ran = subprocess.run(
        [SKYLIFT, "openstack", "--config", config, *arguments], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        sys.exit(f"openstack {' '.join(arguments)}: {ran.stderr}")
    return ran.stdout.strip()


@contextmanager
def instances(config: Path) -> Iterator[None]:
    """Have the instances while the block runs."""
    before = client(config, "quota", "show", "-f", "value", "-c", "Resource", "-c", "Limit")
    limit = dict(line.split(" ", 1) for line in before.splitlines())["instances"]
    client(config, "flavor", "create", "--ram", "8388608", "--disk", "0", "--vcpus", "1", NAME)
    client(config, "quota", "set", "--instances", "100", "--cores", "-1", "--ram", "-1", "admin")
    try:
        image = client(config, "image", "list", "-f", "value", "-c", "Name").splitlines()[0]
        create = ("server", "create", "--flavor", NAME, "--image", image, "--no-network")
        client(config, *create, "--min", str(INSTANCES), "--max", str(INSTANCES), NAME)
        while client(config, "server", "list", "-f", "value", "-c", "Status").split().count("ERROR") < INSTANCES:
            time.sleep(1)
        yield
    finally:
        found = client(config, "server", "list", "--name", NAME, "-f", "value", "-c", "ID").split()
        if found:
            client(config, "server", "delete", "--wait", *found)
        client(config, "flavor", "delete", NAME)
        client(config, "quota", "set", "--instances", limit, "--cores", "20", "--ram", "51200", "admin")


def logged_in(base: str, user: str, password: str) -> requests.Session:
    """Log in through the form, and return the session. Exits when the form comes back."""
    session = requests.Session()
    session.trust_env = False
    url = urljoin(base, "auth/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', session.get(url, timeout=60).text)
    form = {"csrfmiddlewaretoken": token[1] if token else "", "username": user, "password": password}
    region = re.search(r'name="region"[^>]*value="([^"]+)"', session.get(url, timeout=60).text)
    answer = session.post(
        url, data=form | {"region": region[1] if region else "default"}, headers={"Referer": url}, timeout=60
    )
    if "/auth/" in answer.url:
        sys.exit(f"the dashboard does not let {user} in: {answer.url}")
    return session


def all_on_one_page(session: requests.Session, base: str) -> None:
    """Set, as a user can, that lists have 100 lines a page."""
    url = urljoin(base, "settings/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', session.get(url, timeout=60).text)
    wanted = {"language": "en", "timezone": "UTC", "pagesize": "100", "instance_log_length": "35"}
    form = {"csrfmiddlewaretoken": token[1] if token else "", **wanted}
    session.post(url, data=form, headers={"Referer": url}, timeout=60).raise_for_status()


def timed(session: requests.Session, url: str, words: str, count: int) -> float:
    """Return the median seconds of a page on which ``words`` stand ``count`` times at least."""
    seconds = []
    for _ in range(TIMES):
        begun = time.monotonic()
        text = session.get(url, timeout=60).text
        seconds.append(time.monotonic() - begun)
        if text.count(words) < count:
            sys.exit(f"{url} shows {words} {text.count(words)} times, not {count}")
    return statistics.median(seconds)


def main(arguments: Sequence[str]) -> int:
    """Measure; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    config = parser.parse_args(arguments).config
    (cloud,) = YAML(typ="safe").load((config / "clouds.yaml").read_text())["clouds"].values()
    address = re.sub(r":\d+(/.*)?$", "/", cloud["auth"]["auth_url"])
    anonymous = requests.Session()
    anonymous.trust_env = False
    found = {"login page": timed(anonymous, urljoin(address, "auth/login/"), "csrfmiddlewaretoken", 1)}
    with instances(config):
        session = logged_in(address, cloud["auth"]["username"], cloud["auth"]["password"])
        all_on_one_page(session, address)
        page = urljoin(address, "project/instances/")
        found[f"list of {INSTANCES} instances"] = timed(session, page, f">{NAME}-", INSTANCES)
    for name, seconds in found.items():
        missed = "   MISSED" if seconds > BARS[name] else ""
        sys.stdout.write(f"{name:<28}{seconds:>8.2f} s, bar {BARS[name]:.0f} s{missed}\n")
    return int(any(seconds > BARS[name] for name, seconds in found.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
