"""scripts/engine.sh starts an engine where none runs, in namespaces of its own: the machine's engine is left alone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "engine.sh"
ISOLATED = ("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc")
BEGIN = """
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
unset DOCKER_HOST
for place in /run /var/lib/docker /var/log; do mount -t tmpfs tmpfs "$place"; done
mkdir /run/lock
ip link set lo up
trap 'kill $(pidof dockerd) 2>/dev/null || true; sleep 1' EXIT
"""

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("dockerd", path="/usr/sbin:/usr/bin"), reason="needs root"
    ),
]


def run(script: str) -> str:
    """Run shell commands with an empty engine of their own; return the output. The pipe must end with the script."""
    done = subprocess.run(
        (*ISOLATED, "sh", "-c", BEGIN + script.replace("@engine", f"sh '{SCRIPT}'")),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_an_engine_is_started_once() -> None:
    output = run("@engine --check && exit 9; @engine; first=$(pidof dockerd); @engine; [ $first = $(pidof dockerd) ]")
    assert output.count("starting dockerd") == 1
    assert output.rstrip().endswith("engine: ready")


def test_nobody_who_reads_the_output_waits_for_the_daemon() -> None:
    output = run("@engine | cat; echo after; pidof dockerd >/dev/null && echo alive")
    assert output.split("engine: ready\n")[1] == "after\nalive\n"


def test_a_killed_daemon_is_started_again_past_its_stale_files() -> None:
    output = run(
        "@engine; kill -9 $(pidof dockerd); sleep 1\n"
        # By now the numbers may be those of other processes.
        "sleep 100 & echo $! >/run/docker.pid; echo $! >/run/docker/containerd/containerd.pid\n"
        "@engine; kill -0 $!; @engine --check; kill $!"
    )
    assert output.count("engine: ready") == 2


def test_a_daemon_that_cannot_start_is_told_with_the_last_lines_of_its_log() -> None:
    output = run("mount -o remount,ro /var/lib/docker; SKYLIFT_ENGINE_WAIT=15 @engine && exit 9; true")
    assert "read-only file system" in output
    assert "skylift: dockerd ended right after its start" in output


def test_an_engine_elsewhere_is_never_started_here() -> None:
    output = run("DOCKER_HOST=tcp://127.0.0.1:9 @engine && exit 9; pidof dockerd && exit 8; true")
    assert "the engine that DOCKER_HOST names (tcp://127.0.0.1:9) does not answer" in output
