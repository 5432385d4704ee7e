"""What a plan was made from, in short: kept in its file, so that applying it later can tell what has moved. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from skylift.model.container import ContainerState
from skylift.model.desired import Desired
from skylift.model.naming import short
from skylift.model.observed import Observed

Basis = Mapping[str, str]
"""A short description by ``wanted NAME``, ``container NAME``, ``network NAME``, ``volume NAME``, ``api NAME``."""

GONE = "gone"


def basis(desired: Desired, observed: Observed) -> Basis:
    """Return what the plan from ``observed`` to ``desired`` rests on. It holds no secret."""
    found = {f"wanted {spec.name}": spec.digest for spec in desired.containers}
    found |= {f"wanted {entry.name}": _digest(entry.url) for entry in desired.catalogue}
    found |= {f"wanted {one.id}": _digest(sorted(one.values.items(), key=str)) for one in desired.resources}
    found |= {f"container {name}": _container(state) for name, state in observed.containers.items()}
    found |= {f"network {name}": one.subnet for name, one in observed.networks.items()}
    found |= {f"volume {name}": "there" for name in observed.volumes}
    apis = observed.apis
    if apis is not None:
        found |= {f"api endpoint {one.name}": _digest(sorted(one.urls.items())) for one in apis.catalogue}
        found |= {f"api user {name}": ", ".join(sorted(roles)) for name, roles in apis.accounts.items()}
        found |= {
            f"api {name}": GONE if values is None else _digest(sorted(values.items(), key=str))
            for name, values in apis.resources.items()
        }
    return found


def moved(then: Basis, now: Basis) -> tuple[str, ...]:
    """Return what is otherwise than it was, in words; nothing when all is as it was."""
    return tuple(
        _words(name, then.get(name), now.get(name))
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    )


def _words(name: str, then: str | None, now: str | None) -> str:
    kind, _, rest = name.partition(" ")
    what = f"{kind} {short(rest)}" if kind in ("container", "network", "volume") else rest
    if kind == "wanted":
        if then is None or now is None:
            return f"{short(rest)}: the settings {'now' if then is None else 'no longer'} ask for it"
        return f"{short(rest)}: the settings ask for something else now"
    if then is None or now is None:
        return f"{what}: it {'appeared' if then is None else 'is gone'}"
    if kind == "container":
        before, after = then.split(" ", 1), now.split(" ", 1)
        return (
            f"{what}: it was {before[0]}, and is {after[0]} now" if before[0] != after[0] else f"{what}: it was changed"
        )
    return f"{what}: it was changed"


def _container(state: ContainerState) -> str:
    marks = _digest([state.engine_id, sorted(state.stamps.items()), state.edited, state.exit_code, state.started])
    return f"{state.status} {marks}"


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
