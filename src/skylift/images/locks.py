"""The Debian lock: ``package version sha256`` a line, in order of name. It carries no addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from skylift.model.problem import Problem

SUM = re.compile(r"^[0-9a-f]{64}$")
NAME = re.compile(r"^[a-z0-9][a-z0-9+.-]+$")
HEADER = (
    "# Debian packages of the image families: package, version, SHA-256 of the .deb file.",
    "# Builds prefer these versions where the mirror still has them; other content under the same version is an error.",
    "# Made anew by: scripts/lock-images.sh",
)


@dataclass(frozen=True, slots=True)
class Locked:
    """One package as locked or as installed."""

    name: str
    version: str
    sha256: str


def parse(text: str, where: str = "images/debian.lock") -> dict[str, Locked]:
    """Return the packages of a lock or a manifest by name. Raises Problem ``lock-invalid`` with the line."""
    found: dict[str, Locked] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 3 or not NAME.match(words[0]) or not SUM.match(words[2]):
            raise _invalid(where, number, f"expected 'package version sha256', found {line.strip()[:80]!r}")
        known = found.get(words[0])
        if known and known != Locked(*words):
            raise _invalid(where, number, f"{words[0]} is locked twice, as {known.version} and {words[1]}")
        found[words[0]] = Locked(*words)
    return found


def _invalid(where: str, number: int, detail: str) -> Problem:
    return Problem(
        code="lock-invalid",
        summary="The lock of the Debian packages cannot be read",
        detail=detail,
        fix="Restore the file from the repository, or make it anew with scripts/lock-images.sh.",
        where=f"{where}:{number}",
    )


def render(packages: Mapping[str, Locked]) -> str:
    """Return the text of a lock."""
    lines = [f"{one.name} {one.version} {one.sha256}" for _, one in sorted(packages.items())]
    return "\n".join((*HEADER, *lines)) + "\n"


def merge(manifests: Iterable[Mapping[str, Locked]]) -> dict[str, Locked]:
    """Return one lock from the manifests of several families. Raises Problem ``lock-conflict``.

    Families of one build take from the same mirrors, so one package has one version.
    """
    merged: dict[str, Locked] = {}
    for manifest in manifests:
        for name, one in manifest.items():
            if merged.setdefault(name, one) != one:
                raise Problem(
                    code="lock-conflict",
                    summary="Two image families hold different versions of one Debian package",
                    detail=f"{name}: {merged[name].version} and {one.version}",
                    fix="Build all families anew ('skylift images prune --all', then 'skylift images build').",
                )
    return merged
