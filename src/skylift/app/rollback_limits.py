"""What no rollback brings back. Said before anything else: schema migrations above all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skylift.app import shape
from skylift.app.images import look_at_images
from skylift.app.workspace import Workspace
from skylift.engines.images import ImageStore
from skylift.journal import RunSummary, list_runs
from skylift.model import naming
from skylift.model.container import ContainerState
from skylift.model.observed import Observed
from skylift.model.problem import Problem
from skylift.model.service import Service

REVISIONS = "/usr/share/skylift/schema/revisions.txt"
"""Where an image lists its databases, each with the revision of its schema."""
OWN_FORMAT = frozenset({"mariadb"})
"""Services whose data files cannot be read by a release that is older than the one that wrote them last."""


@dataclass(frozen=True)
class Limit:
    """One thing that stays as it is. ``kind``: schema, image, data, network, password, version, file."""

    kind: str
    text: str


@dataclass(frozen=True)
class Pins:
    """Images to go back to, as ids by reference, and what stands in the way of others."""

    images: Mapping[str, str]
    limits: tuple[Limit, ...]


async def pins(workspace: Workspace, desired: Mapping[str, Any] | None, states: Iterable[ContainerState]) -> Pins:
    """Return which images of a run the cloud can have again. ``desired`` is what the run kept, if it did."""
    if desired is None:
        return Pins({}, (Limit("image", "the run kept no list of images: the present ones stay"),))
    now = {image.reference: image.image_id for image in (await look_at_images(workspace)).found.values()}
    wanted: dict[str, tuple[str, set[str]]] = {}
    for one in desired["containers"].values():
        if one["image_id"] and now.get(one["image"], one["image_id"]) != one["image_id"]:
            wanted.setdefault(one["image"], (one["image_id"], set()))[1].add(one["service"])
    if not wanted:
        return Pins({}, ())
    store, gone, limits = ImageStore(workspace.engine), set(), []
    for reference, (identity, _) in wanted.items():
        if await store.inspect(identity) is None:
            gone.add(reference)
    if gone:
        names = ", ".join(sorted(reference.rpartition("/")[2] for reference in gone))
        limits.append(Limit("image", f"no longer on this machine, the present ones stay: {names}"))
    held = await _held(workspace, desired, {state.name: state for state in states})
    limits = [*held.values(), *limits]
    taken = {
        reference: identity
        for reference, (identity, services) in wanted.items()
        if reference not in gone and not services & set(held)
    }
    if taken:
        what = (
            f"{len(taken)} images are taken from the run until the next 'up' or 'apply', which brings the present ones"
        )
        limits.append(Limit("image", what))
    return Pins(taken, tuple(limits))


async def _held(
    workspace: Workspace, desired: Mapping[str, Any], states: Mapping[str, ContainerState]
) -> dict[str, Limit]:
    """Return the services whose data a newer image has changed for good: their images must stay."""
    held: dict[str, Limit] = {}
    declared = {service.name: service for service in workspace.declared}
    lists: dict[str, dict[str, frozenset[str]]] = {}
    for name, one in desired["containers"].items():
        state, service = states.get(name), declared.get(one["service"])
        if state is None or service is None or not one["image_id"] or state.image_id == one["image_id"]:
            continue
        if one["job"] and service.databases:
            for identity in (one["image_id"], state.image_id):
                if identity not in lists:
                    lists[identity] = await _revisions(workspace, identity)
            if not same_schema(service, lists[one["image_id"]], lists[state.image_id]):
                held[service.name] = Limit(
                    "schema",
                    f"{naming.short(name)} has run with another image since: the database of {service.name} is not "
                    f"known to fit the old one, and no migration is undone. The images of {service.name} stay.",
                )
        elif service.name in OWN_FORMAT:
            held[service.name] = Limit(
                "schema", f"{service.name} has written its data with another image since: its image stays"
            )
    return held


def same_schema(service: Service, old: Mapping[str, frozenset[str]], new: Mapping[str, frozenset[str]]) -> bool:
    """Return whether two images are known to have the same revision of each of the service's databases."""
    names = [database.name for database in service.databases]
    known = [name for name in names if name in old or name in new]
    return bool(known) and all(old.get(name) == new.get(name) for name in known)


async def _revisions(workspace: Workspace, image: str) -> dict[str, frozenset[str]]:
    """Return the revisions of the databases in an image; nothing when it is gone or does not list them."""
    with tempfile.TemporaryDirectory(prefix="skylift-") as scratch:
        try:
            await workspace.engine.copy_out(image, REVISIONS, Path(scratch), workspace.cloud_name)
            return _listed(Path(scratch, Path(REVISIONS).name))
        except (Problem, OSError):
            return {}


def _listed(path: Path) -> dict[str, frozenset[str]]:
    return {words[0]: frozenset(words[1:]) for words in map(str.split, path.read_text().splitlines()) if words}


def since(run: RunSummary, journal: Path | None = None) -> tuple[Limit, ...]:
    """Return what later runs of the same cloud did that stays done."""
    later = [one for one in list_runs(journal, run.cloud) if one.started > run.started]
    limits = []
    downs = [one for one in later if one.verb == "down" and one.outcome != "failed"]
    if downs:
        text = f"the cloud was taken down since (run {downs[0].id}): data that were not kept are gone"
        limits.append(Limit("data", text))
    rotated = [one for one in later if one.verb == "rotate" and one.outcome == "ok"]
    told = f", though some were replaced since (run {rotated[0].id})" if rotated else ""
    limits.append(Limit("password", f"passwords are not in the journal and stay as they are{told}"))
    return tuple(limits)


def gone(desired: Mapping[str, Any] | None, observed: Observed) -> tuple[Limit, ...]:
    """Return what of the run is no longer there, and what cannot move back."""
    if desired is None or not observed.containers:
        return ()
    limits = []
    lost = [name for name in desired.get("data_volumes", ()) if name not in observed.volumes]
    if lost:
        names = ", ".join(naming.short(name) for name in lost)
        limits.append(Limit("data", f"volumes that are gone are made anew, and empty: {names}"))
    existing = {purpose: str(subnet) for purpose, subnet in shape.known_subnets(observed).items()}
    for purpose, subnet in desired.get("networks", {}).items():
        if existing.get(purpose, subnet) != subnet:
            text = f"the {purpose} network was {subnet} and stays {existing[purpose]}: a running cloud's cannot move"
            limits.append(Limit("network", text))
    return tuple(limits)


def versions(run: RunSummary, version: str, release: str) -> tuple[Limit, ...]:
    """Return what differs because another Skylift, or OpenStack release, made the run."""
    limits = []
    if run.version != version:
        text = f"the run was made by Skylift {run.version}: its settings are carried out by Skylift {version}"
        limits.append(Limit("version", text))
    if run.release != release:
        text = f"the run was of OpenStack {run.release}: no release is gone back to, {release} is deployed"
        limits.append(Limit("version", text))
    return tuple(limits)
