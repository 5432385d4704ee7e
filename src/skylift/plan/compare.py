"""Compare one desired container with what was found, and say in the user's words what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from skylift.model.container import LABEL, ContainerSpec, ContainerState

Verdict = Literal["keep", "start", "restart", "recreate", "create"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be done with a container, and why."""

    verdict: Verdict
    cause: str = ""


def compare(spec: ContainerSpec, state: ContainerState | None, node: ContainerState | None) -> Finding:
    """Return what ``state`` needs to become ``spec``. ``node`` holds the network namespace it lives in, if any."""
    if state is None:
        return Finding("create", "it is not there")
    if state.digest != spec.digest:
        return Finding("recreate", changed(spec, state.labels))
    return _job(state) if spec.job else _process(spec, state, node)


def _job(state: ContainerState) -> Finding:
    if state.status == "exited" and state.exit_code == 0:
        return Finding("keep")
    if state.status == "created":
        return Finding("start", "it was cut off before it ran")
    if state.status == "running":
        return Finding("start", "it is still running")
    return Finding("recreate", f"it ended with exit code {state.exit_code}")


def _process(spec: ContainerSpec, state: ContainerState, node: ContainerState | None) -> Finding:
    if state.status == "created":
        return Finding("start", "it was never started")
    if state.status == "exited":
        return Finding("start", f"it exited with code {state.exit_code}")
    if state.status != "running":
        return Finding("restart", f"it is {state.status}")
    if node is not None and state.started < node.started:
        return Finding("restart", f"its node {node.short} was restarted")
    if state.health == "unhealthy":
        return Finding("restart", "its health check fails")
    return Finding("keep")


def changed(spec: ContainerSpec, labels: Mapping[str, str]) -> str:
    """Return what differs from the labels of the existing container: ``nova.conf changed``, ``image changed``."""
    old_files, old_shape = _load(labels, "files"), _load(labels, "shape")
    new_files, new_shape = spec.file_digests, spec.shape
    parts = []
    for path in sorted(old_files.keys() | new_files.keys()):
        name = path.rsplit("/", 1)[-1]
        if path not in old_files:
            parts.append(f"{name} is new")
        elif path not in new_files:
            parts.append(f"{name} is no longer used")
        elif old_files[path] != new_files[path]:
            parts.append(f"{name} changed")
    for group, digest in new_shape.items():
        if old_shape.get(group) != digest:
            parts.append("what it follows changed" if group == "followed" else f"{group} changed")
    return ", ".join(parts) or "it was made by another version of Skylift"


def _load(labels: Mapping[str, str], key: str) -> dict[str, str]:
    try:
        value = json.loads(labels.get(LABEL + key, "{}"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
