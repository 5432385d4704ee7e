"""One container as it should be against the one that is there. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from skylift.model.container import LABEL, LATEST_STAMP, ContainerSpec, ContainerState, Setup, stamp
from skylift.model.plan import InputChange
from skylift.plan.drift import asked_for, drift

Verdict = Literal["keep", "start", "restart", "reload", "recreate", "create"]

MISSING, UNSTAMPED = -1, 0
"""Stamps of a file that is not there, and of one from a version of Skylift that gave none."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be done with a container, and why. ``files`` are the paths of the configuration files that differ.

    ``cause`` holds all of ``causes``, where there are several.
    """

    verdict: Verdict
    cause: str = ""
    files: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


def compare(
    spec: ContainerSpec, state: ContainerState | None, node: ContainerState | None, image: Setup | None = None
) -> Finding:
    """Return what ``state`` needs to become ``spec``.

    ``node`` holds the network namespace it lives in, if any; ``image`` is what its present image sets.
    """
    if state is None:
        return Finding("create", "it is not there")
    shape, files = _shape(spec, state), _files(spec, state)
    if not shape and not (spec.job and state.status == "exited"):
        shape = drift(spec, state, node, image)
    if not shape and not files:
        return _job(state, node) if spec.job else _process(spec, state, node)
    touched = [path for path in state.edited if path not in files]
    by_hand = [f"{_name(path)} was edited by hand inside the container" for path in touched]
    causes = (*files.values(), *shape, *by_hand)
    verdict: Verdict = "reload" if not shape and _can_reload(spec, state, node, files) else "recreate"
    return Finding(verdict, ", ".join(causes), (*files, *touched), causes)


def _job(state: ContainerState, node: ContainerState | None) -> Finding:
    if state.status == "exited" and state.exit_code == 0:
        return Finding("keep")
    if state.status == "created":
        return Finding("start", "it was cut off before it ran")
    if node is not None and state.status == "running" and state.started < node.started:
        return Finding("recreate", f"its node {node.short} was restarted")
    if state.status == "running":
        return Finding("start", "it is still running")
    if state.status != "exited":
        return Finding("recreate", f"it is {state.status}")
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
    if state.edited:
        names = ", ".join(map(_name, state.edited))
        return Finding("restart", f"{names} was edited by hand inside the container", state.edited)
    # An engine calls a container unhealthy that it has just continued, whatever its last check has shown.
    if state.health == "unhealthy" and not (state.checked is not None and state.checked[1]):
        return Finding("restart", "its health check fails")
    return Finding("keep")


def _can_reload(
    spec: ContainerSpec, state: ContainerState, node: ContainerState | None, files: Mapping[str, str]
) -> bool:
    """Whether the running container can take over ``files``: it is sound, and they are all ones it can reload."""
    if spec.reload is None or _process(spec, state, node).verdict != "keep":
        return False
    # Who works with a password stops before it is changed: that takes a new start.
    if any(one.name.startswith("password ") for one in changed_inputs(spec, state)):
        return False
    names = {template.removesuffix(".j2").replace("/", "_") for template in spec.reload.templates}
    changed = all(cause.endswith(CHANGED) for cause in files.values())
    return changed and {_name(path) for path in files} <= names


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


CHANGED = " changed"


def _files(spec: ContainerSpec, state: ContainerState) -> dict[str, str]:
    """Return each file that is not as it should be, with the reason: by its stamp, else by the container's label."""
    old, new = _load(state.labels, "files"), spec.file_digests
    found = {}
    for path in sorted(old.keys() | new.keys()):
        name, mark = _name(path), state.stamps.get(path, UNSTAMPED)
        if path not in new:
            found[path] = f"{name} is no longer used"
        elif path not in old:
            found[path] = f"{name} is new"
        elif mark == MISSING:
            found[path] = f"{name} is missing in it"
        elif mark > LATEST_STAMP:
            found[path] = f"{name} was edited by hand inside the container"
        elif mark != stamp(new[path]) if mark else old[path] != new[path]:
            found[path] = name + CHANGED
    return found


def _shape(spec: ContainerSpec, state: ContainerState) -> list[str]:
    """Return which groups of properties are other than those that the container was made with."""
    old = _load(state.labels, "shape")
    if not old:
        return ["it was made by another version of Skylift"]
    followed = ", ".join(name for name, _ in spec.followed)
    words = {
        **(asked_for(spec, state.setup) if state.setup is not None else {}),
        "image": f"image changed: {_image(state.image_id)} → {_image(spec.image_id)}",
        "followed": f"{followed}, which it follows, changes" if followed else "what it follows changed",
    }
    return [words.get(group, f"{group} changed") for group, digest in spec.shape.items() if old.get(group) != digest]


def _image(identity: str) -> str:
    return identity.removeprefix("sha256:")[:12] or "none"


def changed_inputs(
    spec: ContainerSpec, state: ContainerState | None, taken_over: str | None = None
) -> tuple[InputChange, ...]:
    """Return the inputs that differ from those the container was made from, by name.

    ``taken_over`` is the record of a reload (JSON), newer than the container's label. An input that one side does not
    know counts only where that says something: a service, or an override.
    """
    labels = state.labels if taken_over is None and state is not None else {LABEL + "inputs": taken_over or ""}
    if not labels.get(LABEL + "inputs"):
        return ()
    old = _load(labels, "inputs")
    new = spec.inputs
    return tuple(
        InputChange(
            name, old.get(name, ""), new[name].value if name in new else "", new[name].source if name in new else ""
        )
        for name in sorted(old.keys() | new.keys())
        if (
            old.get(name) != new[name].value
            if name in new and name in old
            else name.startswith(("service ", "config/"))
        )
    )


def _load(labels: Mapping[str, str], key: str) -> dict[str, str]:
    try:
        value = json.loads(labels.get(LABEL + key, "{}"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
