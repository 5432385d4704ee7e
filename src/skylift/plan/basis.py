"""What a plan was made from, in short: kept in its file, so that applying it later can tell what has moved. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from skylift.model.container import ContainerState
from skylift.model.desired import Desired
from skylift.model.naming import short
from skylift.model.observed import Observed, ObservedApis

Basis = Mapping[str, str]
"""A short description by ``wanted NAME``, ``off SERVICE``, ``container NAME``, ``network NAME``, ``volume NAME``,
``api NAME``."""

GONE = "gone"
KEYSTONE = "api keystone"
"""There when keystone answered: only then is anything known of what is behind it."""


def basis(desired: Desired, observed: Observed) -> Basis:
    """Return what the plan from ``observed`` to ``desired`` rests on. It holds no secret."""
    found = {f"wanted {spec.name}": spec.digest for spec in desired.containers}
    found |= {f"wanted endpoint {entry.name}": _digest(entry.url) for entry in desired.catalogue}
    found |= {f"wanted {one.id}": _digest(sorted(one.values.items(), key=str)) for one in desired.resources}
    found |= {f"off {one.service}": "data too" if one.erase else "" for one in desired.retired}
    found |= {f"container {name}": _container(state) for name, state in observed.containers.items()}
    found |= {f"network {name}": one.subnet for name, one in observed.networks.items()}
    found |= {f"volume {name}": "there" for name in observed.volumes}
    if observed.refused:
        found[f"api {observed.refused}"] = "refused"
    return found | (_apis(observed.apis) if observed.apis is not None else {})


def _apis(apis: ObservedApis) -> dict[str, str]:
    found = {KEYSTONE: "answers"} | {
        f"api endpoint {one.name}": _digest([sorted(one.urls.items()), sorted(one.disabled), sorted(one.doubled)])
        for one in apis.catalogue
    }
    found |= {
        f"api user {name}": f"{', '.join(sorted(roles))} {apis.logins.get(name, '')}{' off' * apis.project_off}"
        for name, roles in apis.accounts.items()
    }
    found |= {f"api role {name}": "there" for name in apis.roles}
    found |= {f"api domain {name}": "on" if on else "off" for name, (on, _) in apis.domains.items()}
    found |= {
        f"api {name}": GONE if values is None else _digest(sorted(values.items(), key=str))
        for name, values in apis.resources.items()
    }
    return found


def moved(then: Basis, now: Basis) -> tuple[str, ...]:
    """Return what is otherwise than it was, in words; nothing when all is as it was."""
    if (then.get(KEYSTONE) is None) != (now.get(KEYSTONE) is None):
        answer = "keystone: it answers now" if KEYSTONE in now else "keystone: it does not answer now"
        then, now = ({name: text for name, text in one.items() if not name.startswith("api ")} for one in (then, now))
        return (*moved(then, now), answer)
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
    if kind == "off":
        if then is None or now is None:
            return f"{rest}: the settings {'switch it off now' if then is None else 'no longer switch it off'}"
        return f"{rest}: its data are to {'go' if now else 'stay'} now"
    if "refused" in (then, now):
        return f"{what}: keystone {'accepts it' if now is None else 'does not accept it'} now"
    absent = (None, GONE)
    if then in absent and now in absent:
        return f"{what}: its API {'answers' if then is None else 'does not answer'} now"
    if then in absent or now in absent:
        return f"{what}: it {'appeared' if then in absent else 'is gone'}"
    before, after = (text.split(" ", 1)[0] for text in (then or "", now or ""))
    if kind == "container" and before != after:
        return f"{what}: it was {before}, and is {after} now"
    return f"{what}: it was changed"


def _container(state: ContainerState) -> str:
    marks = _digest([state.engine_id, sorted(state.stamps.items()), state.edited, state.exit_code, state.started])
    return f"{state.status} {marks}"


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
