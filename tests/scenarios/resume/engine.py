"""Kill the container engine, and whatever runs on it, as a crash or a loss of power would; start it again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.scenarios.cloud import docker

SCRIPT = Path(__file__).parents[3] / "scripts" / "engine.sh"
PIDS = (Path("/var/run/docker.pid"), Path("/run/docker/containerd/containerd.pid"))
LOCKS = Path("/run/skylift")


def names_of(cloud: str) -> list[str]:
    """Return the names of a cloud's containers, also of those that do not run."""
    return sorted(docker("ps", "-a", "--filter", f"label=io.skylift.cloud={cloud}", "--format", "{{.Names}}").split())


def cannot_kill(cloud: str) -> str:
    """Return why the engine is not to be killed here; empty when it is our own and only ``cloud`` uses it."""
    if os.geteuid() != 0:
        return "killing the engine needs root"
    if Path("/run/systemd/system").exists():
        return "a service manager would start the engine again by itself"
    if os.environ.get("DOCKER_HOST", "").removeprefix("unix://") not in ("", "/var/run/docker.sock"):
        return "the engine is elsewhere"
    if not all(_command(pid) for pid in engine_pids()) or not engine_pids():
        return "the engine was not started by scripts/engine.sh"
    busy = [lock.stem for lock in LOCKS.glob("*.lock") if lock.stem != cloud]
    if busy:
        return f"somebody is at work on the cloud {', '.join(busy)}"
    others = [name for name in docker("ps", "--format", "{{.Names}}").split() if name not in names_of(cloud)]
    if others and os.environ.get("SKYLIFT_KILL_ENGINE") != "yes":
        return f"{others[0]} and others run on this engine too; SKYLIFT_KILL_ENGINE=yes does it all the same"
    return ""


def engine_pids() -> list[int]:
    """Return the processes of the engine: the daemon first."""
    return [int(path.read_text()) for path in PIDS if path.exists()]


def kill_daemon() -> None:
    """Kill the engine's daemon; containers go on without it."""
    os.kill(engine_pids()[0], signal.SIGKILL)


def lose_power(cloud: str, *more: int) -> None:
    """Kill the engine, every process of the cloud's containers, and ``more`` processes, all at once."""
    # All of them: one that is just being started counts as created.
    containers = json.loads(docker("inspect", *names_of(cloud)))
    # The engine's processes that stand between it and each container go first: they would tell it of the end.
    between = [_parent(pid) for one in containers if (pid := int(one["State"]["Pid"]))]
    held = _processes([one["Id"] for one in containers])
    for pid in (*engine_pids(), *between, *held, *more):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _processes(ids: list[str]) -> list[int]:
    """Return all processes of containers: not all are below the first one of their container."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cgroup"):
        with suppress(OSError):
            groups = path.read_text()
            if any(identity in groups for identity in ids):
                found.append(int(path.parent.name))
    return found


def start() -> None:
    """Start the engine as a user would."""
    subprocess.run(["sh", str(SCRIPT)], check=True, timeout=180, capture_output=True)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
