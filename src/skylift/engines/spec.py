"""Translate our container specifications to the engine's form, and what the engine tells to ours. Pure."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from skylift.engines.setup import setup_of
from skylift.model.container import ContainerSpec, ContainerState, File, Mount, stamp

LOG_LIMITS = {"max-size": "20m", "max-file": "3"}
CPU_SHARES = 1024
"""The engine's default share of the processors."""
SECOND = 1_000_000_000


def create_config(spec: ContainerSpec, cloud: str) -> dict[str, Any]:
    """Return the body of the engine's create call. It carries no secret: files are put into the container later."""
    host: dict[str, Any] = {
        "Mounts": [_mount(mount) for mount in spec.mounts if mount.kind != "tmpfs"],
        "Tmpfs": {mount.target: "" for mount in spec.mounts if mount.kind == "tmpfs"},
        "CapAdd": list(spec.capabilities),
        "Devices": [
            {"PathOnHost": device, "PathInContainer": device, "CgroupPermissions": "rwm"} for device in spec.devices
        ],
        "SecurityOpt": [option for option in spec.security if option != UNCONFINED],
        "LogConfig": {"Type": "json-file", "Config": LOG_LIMITS},
        "RestartPolicy": {"Name": "always" if spec.restart else "no"},
        "Sysctls": dict(spec.sysctls),
        "Init": False,
        "CpuShares": CPU_SHARES * spec.weight,
    }
    if UNCONFINED in spec.security:
        # This is what the engine's own client sends for the option: no path under /proc is masked or read-only.
        host["MaskedPaths"], host["ReadonlyPaths"] = [], []
    if spec.host_pid:
        host["PidMode"] = "host"
    if spec.cgroup_host:
        host["CgroupnsMode"] = "host"
    config: dict[str, Any] = {
        "Image": spec.image_id or spec.image,
        "Env": [f"{key}={value}" for key, value in spec.environment],
        "Labels": spec.labels(cloud),
        "HostConfig": host,
        "StopTimeout": spec.grace,
    }
    if spec.command:
        config["Cmd"] = list(spec.command)
    if spec.entrypoint is not None:
        config["Entrypoint"] = list(spec.entrypoint)
    if spec.user:
        config["User"] = spec.user
    if spec.network:
        host["NetworkMode"] = spec.network
    elif spec.attachments:
        first = spec.attachments[0]
        host["NetworkMode"] = first.network
        config["NetworkingConfig"] = {"EndpointsConfig": {first.network: endpoint(first.address)}}
        if spec.hostname:
            config["Hostname"] = spec.hostname
    config["Healthcheck"] = healthcheck(spec.healthcheck)
    return config


UNCONFINED = "systempaths=unconfined"


def endpoint(address: str) -> dict[str, Any]:
    """Return an endpoint with a fixed address; an empty one leaves the choice to the engine."""
    return {"IPAMConfig": {"IPv4Address": address}} if address else {}


def healthcheck(command: tuple[str, ...]) -> dict[str, Any]:
    """Return the engine's periodic check. Thirty seconds apart: each costs a process start."""
    if not command:
        return {"Test": ["NONE"]}
    return {"Test": ["CMD", *command], "Interval": 30 * SECOND, "Timeout": 30 * SECOND, "Retries": 3}


def _mount(mount: Mount) -> dict[str, Any]:
    result: dict[str, Any] = {
        "Type": mount.kind,
        "Source": mount.source,
        "Target": mount.target,
        "ReadOnly": mount.read_only,
    }
    if mount.propagation:
        result["BindOptions"] = {"Propagation": mount.propagation}
    return result


def archive(files: Iterable[File], *, stamped: bool = True) -> bytes:
    """Return a tar archive of files owned by root, folders not included, paths relative to the root folder.

    Their time of change is the stamp of their digest, by which they are recognised later; unless ``stamped`` it is one
    that they are not recognised by, so that they count as changed.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        # The one that every container has comes last: where it is whole, all others are.
        for file in sorted(files, key=lambda file: file.name == "config.json"):
            content = file.content.reveal().encode()
            info = tarfile.TarInfo(file.path.lstrip("/"))
            info.size, info.mode, info.mtime = len(content), file.mode, stamp(file.digest) + (not stamped)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def epoch(text: str) -> float:
    """Return seconds since the epoch of the engine's time stamp; 0 for its zero value."""
    if not text or text.startswith("0001-"):
        return 0.0
    head, _, fraction = text.rstrip("Z").partition(".")
    base = datetime.fromisoformat(head + "+00:00").timestamp()
    return base + float(f"0.{fraction[:9]}") if fraction[:9].isdigit() else base


def state_of(shown: Mapping[str, Any]) -> ContainerState:
    """Return the state from the engine's inspect answer."""
    state = shown["State"]
    return ContainerState(
        name=str(shown["Name"]).lstrip("/"),
        engine_id=shown["Id"],
        image=shown["Config"]["Image"],
        image_id=shown["Image"],
        labels=shown["Config"].get("Labels") or {},
        status=state["Status"],
        health=(state.get("Health") or {}).get("Status", "").replace("none", ""),
        exit_code=state.get("ExitCode"),
        created=epoch(shown.get("Created", "")),
        started=epoch(state.get("StartedAt", "")),
        finished=epoch(state.get("FinishedAt", "")),
        restarts=int(shown.get("RestartCount", 0)),
        pid=int(state.get("Pid", 0)),
        setup=setup_of(shown),
        oom_killed=bool(state.get("OOMKilled")),
        error=str(state.get("Error") or ""),
        checked=_checked(state),
    )


def _checked(state: Mapping[str, Any]) -> tuple[float, bool, str] | None:
    """Return the engine's last check: its end, whether it held, the last line of what it said."""
    log = (state.get("Health") or {}).get("Log") or ()
    if not log:
        return None
    lines = str(log[-1].get("Output", "")).strip().splitlines()
    return epoch_of(log[-1].get("End", "")), log[-1].get("ExitCode") == 0, lines[-1] if lines else ""


def epoch_of(text: str) -> float:
    """Return seconds since the epoch of a time stamp with nanoseconds and a zone; 0 for one that cannot be read."""
    match = re.fullmatch(r"(\S+?)(\.\d+)?(Z|[+-]\d\d:\d\d)", text.strip())
    if match is None:
        return 0.0
    try:
        base = datetime.fromisoformat(match[1] + ("+00:00" if match[3] == "Z" else match[3])).timestamp()
    except ValueError:
        return 0.0
    return base + float(match[2] or 0)
