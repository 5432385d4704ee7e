"""Whatever cuts a first deployment off, the next ``up`` goes on and ends as an undisturbed one does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.resume import end_state, engine
from tests.scenarios.resume.place import NAME, Place, docker, full_name, prepared
from tests.scenarios.resume.small_disk import small_disk, small_volume
from tests.scenarios.resume.undisturbed import deploy

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The cloud of these scenarios; it is taken down at the end."""
    place = prepared(tmp_path_factory.mktemp("resume"))
    yield place
    place.ok("down", "--yes")


@pytest.fixture(scope="module")
def reference(place: Place) -> dict[str, Any]:
    """What an undisturbed deployment is like. Its journal has next to no space, which must disturb nothing."""
    if os.geteuid() != 0:
        return deploy(place)
    with small_disk(place.journal, "64k"):
        return deploy(place)


def assert_same(place: Place, reference: dict[str, Any]) -> None:
    """Compare the cloud with the undisturbed one; nothing is left to do."""
    found = end_state.differences(place, reference["state"])
    assert not found, "\n".join(found)
    assert place.ok("plan", "--json").json["operations"] == []


def wait_for(what: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 120) -> None:
    """Wait until something is so while a command runs; it is stopped where that does not come."""
    deadline = time.monotonic() + seconds
    while not what():
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            out, err = process.communicate(timeout=200)
            pytest.fail(f"ended too early, or too late to wait for: {process.returncode}\n{out}\n{err}")
        time.sleep(0.1)


def runs(short: str) -> bool:
    """Whether a container of the cloud runs."""
    return docker("ps", "--quiet", "--filter", f"name=^{full_name(short)}$") != ""


@as_root
def test_a_full_disk_for_the_journal_stops_nothing(place: Place, reference: dict[str, Any]) -> None:
    """The undisturbed deployment has succeeded, and said that its record is incomplete."""
    assert any("journal of this run is incomplete: No space left on device" in one for one in reference["notices"])


def test_killed_at_every_operation(place: Place, reference: dict[str, Any]) -> None:
    """SIGKILL at each operation of a first deployment: each is resumed, and the ends do not differ."""
    command = [sys.executable, "-m", "tests.scenarios.resume.matrix", str(place.folder)]
    if seed := os.environ.get("SKYLIFT_KILL_SEED"):
        command += ["--seed", seed]
    done = subprocess.run(command, cwd=ROOT, env=place.environment, text=True, capture_output=True, check=False)
    sys.stdout.write(done.stdout)
    wrong = [line for line in done.stdout.splitlines() if re.search("^DIVERGENCE| NO$|never hit$", line)]
    assert done.returncode == 0, "\n".join([*wrong, done.stderr])
    figures = json.loads((place.folder / "matrix.json").read_text())
    assert figures["hit"] == figures["operations"] == len(reference["seconds"])
    assert figures["divergences"] == 0


@as_root
def test_a_full_disk_is_told_and_gone_on_from(place: Place, reference: dict[str, Any]) -> None:
    """No space for the server, for schemas, for images: each is told, and with more space the next ``up`` goes on."""
    place.ok("down", "--yes")
    # When the disks are taken away at the end, whoever uses them keeps them: that is for the next ``down``.
    with small_volume("mariadb", "40m") as databases, small_volume("glance", "2m") as images:
        told = place.run("up", "--no-verify")
        assert (told.code, "Traceback" in told.text) == (1, False)
        assert "No space left on device" in told.text and "mariadb" in told.text
        databases.grow("162m")
        told = place.run("up", "--no-verify")
        assert (told.code, "Traceback" in told.text) == (1, False)
        assert "_schema" in told.text
        assert re.search("No space left on device|No more room in record file|is full", told.text)
        databases.grow("4g")
        told = place.run("up", "--no-verify")
        assert (told.code, "Traceback" in told.text) == (1, False)
        assert "space" in told.text and "glance" in told.text
        images.grow("1g")
        place.ok("up", "--no-verify")
        assert_same(place, reference)


def test_the_engine_and_the_power_are_lost(place: Place, reference: dict[str, Any]) -> None:
    """The engine is killed while schemas are loaded, and then, further on, everything at once."""
    if why := engine.cannot_kill(NAME):
        pytest.skip(why)
    place.ok("down", "--yes")
    process = place.start("up", "--no-verify")
    wait_for(lambda: runs("nova_schema"), process)
    engine.kill_daemon()
    out, err = process.communicate(timeout=120)
    engine.start()
    assert (process.returncode, "Traceback" in out + err) == (1, False), out + err
    assert "The connection to the container engine broke" in out + err
    process = place.start("up", "--no-verify")
    wait_for(lambda: runs("keystone"), process)
    engine.lose_power(NAME, process.pid)
    process.communicate(timeout=60)
    engine.start()
    place.ok("up", "--no-verify")
    assert_same(place, reference)
