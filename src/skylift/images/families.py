"""Families of images: the folders under ``images/``, their order and the keys of what they make.

A key is a SHA-256 over everything that enters an image, so that equal keys mean equal recipes.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from skylift.engines.images import ImageConfig
from skylift.images.declared import Declared, declared
from skylift.model.problem import Problem
from skylift.model.service_image import Image
from skylift.services import load as load_services

BUILDER = "1"
"""Raised whenever the builder itself makes other images from the same recipes."""

SHARED = ("common.sh", "debian.lock")
NAMES = "names"
DECLARED = "declared"
"""The folder, beside a recipe, of what the services declare for its family."""


@dataclass(frozen=True, slots=True)
class Family:
    """One folder of recipes.

    ``parent`` is the family it starts from; ``bootstrap`` a script that makes the first layer on the machine instead.
    ``companion`` is a family whose image runs ``companion.sh`` beside the recipe, with the folder /mnt/shared in
    common. ``completes`` names the family whose image names start from this one instead. ``needs_mib`` is the disk
    space one build takes, in MiB. ``declared`` is what the services say of it.
    """

    name: str
    folder: Path
    parent: str = ""
    bootstrap: str = ""
    companion: str = ""
    completes: str = ""
    debian: bool = False
    needs_mib: int = 0
    config: ImageConfig = field(default_factory=ImageConfig)
    declared: Declared = field(default_factory=Declared)
    key: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The families whose images must be there first."""
        return tuple(name for name in (self.parent, self.companion) if name)


def recipes_folder() -> Path:
    """Return the folder of the recipes: SKYLIFT_RECIPES, the installed package's, or the source tree's.

    Raises Problem ``recipes-missing``.
    """
    choices = [Path(__file__).parent / "recipes", Path(__file__).parents[3] / "images"]
    if chosen := os.environ.get("SKYLIFT_RECIPES"):
        choices.insert(0, Path(chosen))
    for folder in choices:
        if (folder / SHARED[0]).is_file():
            return folder.resolve()
    raise Problem(
        code="recipes-missing",
        summary="The recipes of the images were not found",
        detail="looked in " + ", ".join(str(folder) for folder in choices),
        fix="Run Skylift from its source tree, or set SKYLIFT_RECIPES to the folder 'images' of it.",
    )


def load(folder: Path, parts: Mapping[str, Declared] | None = None) -> dict[str, Family]:
    """Return all families with their keys, parents first. ``parts`` are declared by the services unless given.

    Raises Problem ``recipe-invalid``.
    """
    parts = declared(load_services()) if parts is None else parts
    families = {path.parent.name: _read(path) for path in sorted(folder.glob("*/family.toml"))}
    for family in families.values():
        for needed in (*family.needs, *((family.completes,) if family.completes else ())):
            if needed not in families:
                raise _invalid(family.folder / "family.toml", f"there is no family {needed!r}")
    try:
        order = list(TopologicalSorter({name: family.needs for name, family in families.items()}).static_order())
    except CycleError as error:
        raise _invalid(folder, "the families need each other in a circle: " + " → ".join(error.args[1])) from error
    shared = {name: (folder / name).read_bytes() for name in SHARED if (folder / name).is_file()}
    keyed: dict[str, Family] = {}
    for name in order:
        family = replace(families[name], declared=parts.get(name, Declared()))
        inherited = keyed[family.parent].config if family.parent else ImageConfig(user="root")
        keyed[name] = replace(
            family,
            key=_key(family, [keyed[need].key for need in family.needs], shared),
            config=_over(family.config, inherited),
        )
    return keyed


def _read(path: Path) -> Family:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        config = data.pop("config", {})
        return Family(name=path.parent.name, folder=path.parent, config=_config(config), **data)
    except (tomllib.TOMLDecodeError, TypeError, AttributeError) as error:
        raise _invalid(path, str(error)) from error


def _config(data: Mapping[str, Any]) -> ImageConfig:
    return ImageConfig(
        user=data.get("user", ""),
        entrypoint=tuple(data.get("entrypoint", ())),
        command=tuple(data.get("command", ())),
        environment=tuple(sorted(data.get("environment", {}).items())),
    )


def _over(own: ImageConfig, parent: ImageConfig) -> ImageConfig:
    """Return the configuration in full. A commit takes what is missing from its build container, not the parent."""
    return ImageConfig(
        user=own.user or parent.user,
        entrypoint=own.entrypoint or parent.entrypoint,
        command=own.command or parent.command,
        environment=own.environment,
    )


def _invalid(path: Path, detail: str) -> Problem:
    return Problem("recipe-invalid", "A recipe of an image cannot be read", detail, where=str(path))


def _key(family: Family, parents: list[str], shared: Mapping[str, bytes]) -> str:
    parts: list[bytes] = [BUILDER.encode(), *(parent.encode() for parent in parents)]
    parts.append(shared.get("common.sh", b""))
    if family.debian:
        parts.append(shared.get("debian.lock", b""))
    for path, content, executable in contents(family.folder, skip=NAMES):
        parts += [path.encode(), b"x" if executable else b"-", content]
    for name, text in sorted(family.declared.files.items()):
        parts += [f"{DECLARED}/{name}".encode(), text.encode()]
    return digest(parts)


def digest(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of parts, each preceded by its length so that no two lists look alike."""
    total = hashlib.sha256()
    for part in parts:
        total.update(f"{len(part)}:".encode())
        total.update(part)
    return total.hexdigest()


def contents(folder: Path, skip: str = "") -> Iterator[tuple[str, bytes, bool]]:
    """Yield (relative path, content, executable) of each file in order; ``skip`` is a folder left out."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if (skip and relative.parts[0] == skip) or "__pycache__" in relative.parts:
            continue
        if path.is_symlink():
            yield str(relative), b"->" + os.fsencode(path.readlink()), False
        elif path.is_file():
            yield str(relative), path.read_bytes(), os.access(path, os.X_OK)


def final(families: Mapping[str, Family], name: str) -> Family:
    """Return the family that image names of family ``name`` start from: itself, or the one that completes it.

    Raises Problem ``image-family-unknown``.
    """
    for family in families.values():
        if family.completes == name:
            return family
    if name not in families:
        raise Problem(
            code="image-family-unknown",
            summary="An image is declared with a family that has no recipe",
            detail=f"{name!r} is none of {', '.join(sorted(families))}",
            fix=f"Add images/{name}/family.toml and recipe.sh, or correct the declaration.",
        )
    return families[name]


def overlay(families: Mapping[str, Family], image: Image) -> dict[str, tuple[bytes, int]]:
    """Return the files (path → content, mode) that only this image name has."""
    family = families[image.family]
    folder = family.folder / NAMES / image.name
    files = {path: (text.encode(), 0o755) for path, text in family.declared.names.get(image.name, {}).items()}
    if folder.is_dir():
        files |= {path: (content, 0o755 if x else 0o644) for path, content, x in contents(folder)}
    return files


def image_key(families: Mapping[str, Family], image: Image) -> str:
    """Return the key of one image name: its family's, its user and its own files."""
    parts = [BUILDER.encode(), final(families, image.family).key.encode(), image.name.encode(), image.user.encode()]
    for path, (content, mode) in sorted(overlay(families, image).items()):
        parts += [path.encode(), f"{mode:o}".encode(), content]
    return digest(parts)


def wanted(families: Mapping[str, Family], images: Iterable[Image]) -> list[Family]:
    """Return the families that these images need, directly or not, parents first."""
    needed: set[str] = set()
    stack = [final(families, image.family).name for image in images]
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack.extend(families[name].needs)
    return [family for name, family in families.items() if name in needed]
