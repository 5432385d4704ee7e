"""Lists of images."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from skylift.cli.console import output
from skylift.cli.views import words
from skylift.cli.views.json import document

if TYPE_CHECKING:
    from skylift.images import Listed


def show(found: Sequence[Listed], *, as_json: bool) -> None:
    """Print the list: families, which hold the layers, then the names made of them."""
    if as_json:
        document({"images": [entry(image) for image in found]})
        return
    if found:
        output().print(table(found, time.time()))
    output().print(summary(found))


def table(found: Sequence[Listed], now: float) -> Table:
    """Return one row an image: name, family, id, size, age, use."""
    rows = Table.grid(padding=(0, 2))
    for image in found:
        state, style = ("used", "green") if image.used else ("ready", "") if image.current else ("old", "yellow")
        rows.add_row(
            Text(image.name or f"({image.family})", "" if image.name else "dim"),
            Text(image.family if image.name else "layers", "dim"),
            image.image_id.removeprefix("sha256:")[:12],
            words.size(image.size),
            words.age(now - image.created),
            Text(state, style),
        )
    return rows


def summary(found: Sequence[Listed]) -> Text:
    """Return how many there are, and what can go."""
    names = [image for image in found if image.name]
    if not names:
        return Text("No image is on this machine: skylift images build", "yellow")
    used = sum(image.used for image in names)
    # Families at the end of their line hold all layers of the names made of them.
    layers = sum({image.family: image.size for image in found if not image.name}.values())
    text = Text(f"{words.count(len(names), 'image')}, {used} used, {words.size(layers)} of layers", "bold")
    old = sum(not image.current and not image.used for image in found)
    return text.append(f"; {old} of old recipes: skylift images prune", "yellow") if old else text


def removed(gone: Sequence[Listed], *, as_json: bool) -> None:
    """Print what was removed."""
    if as_json:
        document({"removed": [entry(image) for image in gone]})
        return
    for image in gone:
        output().print(Text(f"  - {image.reference or image.image_id}", "dim"))
    output().print(Text(f"{words.count(len(gone), 'image')} removed", "bold green"))


def entry(image: Listed) -> dict[str, Any]:
    """Return the JSON form: the fields of Listed."""
    return asdict(image)
