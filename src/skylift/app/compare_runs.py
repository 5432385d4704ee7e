"""Use case: what differs between two runs. Read from what they kept; the cloud itself is not asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

from skylift.app.history import settings_of
from skylift.journal import Input, RunSummary, find_run, list_runs, read_desired, read_input
from skylift.model.problem import Problem

LONG = 160
"""Characters of a line."""
MASKED = "it differs in what is masked"


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs; None where there was none."""

    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that differs. ``diff`` is a unified diff's lines; ``containers`` have it (none for a user's file)."""

    path: str
    state: str
    diff: tuple[str, ...]
    containers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What leads from the ``old`` run to the ``new`` one. ``unknown`` says what could not be compared, and why."""

    old: RunSummary
    new: RunSummary
    versions: tuple[Change, ...] = ()
    settings: tuple[Change, ...] = ()
    services: tuple[Change, ...] = ()
    written: tuple[FileChange, ...] = ()
    images: tuple[Change, ...] = ()
    networks: tuple[Change, ...] = ()
    containers: tuple[Change, ...] = ()
    rendered: tuple[FileChange, ...] = ()
    unknown: tuple[str, ...] = field(default=())

    @property
    def same(self) -> bool:
        """True when nothing differs."""
        parts = (self.versions, self.settings, self.services, self.written, self.images, self.networks)
        return not any((*parts, self.containers, self.rendered))

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        names = ("versions", "settings", "services", "written", "images", "networks", "containers", "rendered")
        parts = {name: [asdict(one) for one in getattr(self, name)] for name in names}
        ends = {"old": self.old.as_dict(), "new": self.new.as_dict(), "same": self.same}
        return {**ends, **parts, "unknown": list(self.unknown)}


def compare(first: str, second: str | None = None, journal: Path | None = None) -> Comparison:
    """Compare two runs, or one with the run before it of the same cloud that kept the same things.

    Raises Problem ``run-first``, and as :func:`skylift.journal.find_run` does.
    """
    if second is None:
        new = find_run(first, journal)
        return of(_before(new, journal), new)
    return of(find_run(first, journal), find_run(second, journal))


def of(old: RunSummary, new: RunSummary) -> Comparison:
    """Return what leads from ``old`` to ``new``."""
    before, after = read_desired(old.folder), read_desired(new.folder)
    mine, theirs = read_input(old.folder), read_input(new.folder)
    unknown = [_not_kept(run, "what it meant to make") for run, kept in ((old, before), (new, after)) if kept is None]
    unknown += [_not_kept(run, "the user's files") for run, kept in ((old, mine), (new, theirs)) if kept is None]
    found = Comparison(
        old,
        new,
        versions=_changes(_versions(old), _versions(new)),
        settings=_changes(*_settings((old, before), (new, after))),
        written=tuple(_written(mine, theirs)) if mine is not None and theirs is not None else (),
        unknown=tuple(unknown),
    )
    if before is None or after is None:
        return found
    return replace(
        found,
        services=_changes(_switches(before), _switches(after)),
        images=tuple(_short(change) for change in _changes(_images(before), _images(after))),
        networks=_changes(before.get("networks", {}), after.get("networks", {})),
        containers=_changes(_names(before), _names(after)),
        rendered=tuple(_rendered(before, after)),
    )


def diff_lines(old: str, new: str, names: tuple[str, str]) -> tuple[str, ...]:
    """Return a unified diff's lines, without line ends."""
    # Not splitlines: a line end of another kind is a difference too.
    lines = unified_diff(_lines(old), _lines(new), *names, lineterm="")
    return tuple(line.encode("utf-8", "replace").decode() for line in lines)


def _before(run: RunSummary, journal: Path | None) -> RunSummary:
    wanted = (read_desired(run.folder) is not None, read_input(run.folder) is not None)
    older = [one for one in list_runs(journal, run.cloud) if one.started < run.started]
    for one in older:
        has = (read_desired(one.folder) is not None, read_input(one.folder) is not None)
        if all(mine or not needed for mine, needed in zip(has, wanted, strict=True)):
            return one
    if older:
        return older[0]
    raise Problem(
        code="run-first",
        summary="There is no earlier run to compare with",
        detail=f"{run.id} is the first recorded run of cloud {run.cloud}",
        fix=f"Name two runs: skylift diff RUN {run.id}",
    )


def _not_kept(run: RunSummary, what: str) -> str:
    return f"{run.id} ({run.verb}) kept no record of {what}"


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return tuple(Change(key, old.get(key), new.get(key)) for key in keys)


def _versions(run: RunSummary) -> dict[str, str]:
    return {"OpenStack": run.release, "Skylift": run.version}


Kept = tuple[RunSummary, Mapping[str, Any] | None]


def _settings(old: Kept, new: Kept) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the settings in effect where both runs kept them, else what was set."""
    if old[1] is not None and new[1] is not None and "settings" in old[1] and "settings" in new[1]:
        return old[1]["settings"], new[1]["settings"]
    return settings_of(old[0]), settings_of(new[0])


def _switches(desired: Mapping[str, Any]) -> dict[str, str]:
    return {name: "on" if on else "off" for name, on in desired.get("services", {}).items()}


def _images(desired: Mapping[str, Any]) -> dict[str, str]:
    """Return the id of each image by its name without registry and tag, so that a new tag is a change of it."""
    found = {}
    for one in desired.get("containers", {}).values():
        name = one["image"].rpartition("/")[2].partition("@")[0].partition(":")[0]
        found[name] = f"{one['image']} {one['image_id'].removeprefix('sha256:')[:12]}".rstrip()
    return found


def _short(change: Change) -> Change:
    """Return a change of an image without what both have: its reference, or in a new reference its id."""
    if change.old is None or change.new is None:
        return change
    (old, _, old_id), (new, _, new_id) = change.old.partition(" "), change.new.partition(" ")
    return Change(change.key, old_id, new_id) if old == new else Change(change.key, old, new)


def _names(desired: Mapping[str, Any]) -> dict[str, str]:
    return {name: "job" if one["job"] else one["service"] for name, one in desired.get("containers", {}).items()}


def _written(old: Input, new: Input) -> Iterator[FileChange]:
    for name in sorted({*old.files, *new.files}):
        mine, theirs = old.files.get(name), new.files.get(name)
        if mine is not None and theirs is not None and mine.content == theirs.content:
            continue
        state = "added" if mine is None else "removed" if theirs is None else "changed"
        before, after = (one.content if one is not None else b"" for one in (mine, theirs))
        if b"\0" in before + after:
            yield FileChange(name, state, ("(not text)",))
        else:
            texts = [one.decode("utf-8", "surrogateescape") for one in (before, after)]
            yield FileChange(name, state, diff_lines(texts[0], texts[1], (name, name)) or ("(empty)",))


def _rendered(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FileChange]:
    """Yield the files of containers that both runs have; one entry for all containers with the same change."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for name in sorted(set(old["containers"]) & set(new["containers"])):
        mine, theirs = old["containers"][name], new["containers"][name]
        for path in sorted({*mine["files"], *theirs["files"]}):
            pair = tuple(one["files"].get(path, {}).get("text", "") for one in (mine, theirs))
            if pair[0] != pair[1]:
                found.setdefault((path, pair[0], pair[1]), []).append(theirs["short"])
    for (path, before, after), containers in found.items():
        texts = old["texts"].get(before, ""), new["texts"].get(after, "")
        name = path.rpartition("/")[2]
        state = "added" if not before else "removed" if not after else "changed"
        lines = diff_lines(_readable(texts[0]), _readable(texts[1]), (name, name)) or (f"({MASKED})",)
        yield FileChange(path, state, lines, tuple(_unique(containers)))


def _readable(text: str) -> str:
    """Return a long line of JSON as many: a diff of it would tell nothing."""
    if len(text) < LONG or "\n" in text.rstrip("\n"):
        return text
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    except ValueError:
        return text


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _lines(text: str) -> list[str]:
    if not text:
        return []
    *lines, last = text.split("\n")
    return [*lines, f"{last}  (no line end)"] if last else lines
