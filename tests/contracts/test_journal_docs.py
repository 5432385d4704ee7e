"""docs/journal.md and docs/machine-output.md name every field that the journal and its readers write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.fixture import desired as whole_cloud
from tests.unit.history_runs import API, desired, record
from tests.unit.journal.cloud import Cloud

from skylift.app.compare_runs import compare
from skylift.app.history import entry_of, history
from skylift.app.history_record import desired_document
from skylift.app.rollback import RollbackResult, WayBack
from skylift.app.rollback_limits import Limit
from skylift.app.timeline import of_record
from skylift.journal import find_run, read_desired, read_run
from skylift.journal.files import masked
from skylift.model.plan import Plan

DOCS = Path(__file__).parents[2] / "docs"
OPEN = {"settings", "services", "networks", "nodes", "resources", "texts", "counts", "files", "left_out"}
"""Fields whose own keys are names, not fields."""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal of two runs, the second of which failed."""
    config = tmp_path / "etc"
    (config / "config").mkdir(parents=True)
    (config / "globals.yml").write_text("a: b\n")
    first = {"version": "0.0.9", "settings": {"a": "b"}}
    record(tmp_path, config=config, desired=desired("a\n"), **first)  # type: ignore[arg-type]
    (config / "globals.yml").write_text("a: c\n")
    more = desired("b\n", image="sha256:bbbb", services={"nova": False}, networks={}, settings={"debug": "yes"})
    more["containers"].popitem()
    record(tmp_path, start=1.8e9 + 1, config=config, desired=more, end="failed", failing=f"container.ready:{API}")
    return tmp_path


def keys(value: Any) -> Iterator[str]:
    """Yield every key of a document but those that are names."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            if key not in OPEN:
                yield from keys(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from keys(item)


def test_every_field_of_machine_output_is_told(journal: Path) -> None:
    page = (DOCS / "machine-output.md").read_text()
    run = find_run("last", journal)
    found = compare("last-1", "last", journal)
    assert all((found.versions, found.settings, found.services, found.written, found.images, found.networks))
    assert all((found.containers, found.rendered))
    way = WayBack(run, (Limit("schema", "x"),), found.written, Plan("skylift"))
    documents = (
        history(journal=journal).as_dict(),
        entry_of(run, journal).as_dict() | of_record(read_run("last", journal)).as_dict(),
        found.as_dict(),
        way.as_dict() | {"plan": None},
        RollbackResult(True).as_dict(),
    )
    for document in documents:
        untold = {key for key in keys(json.loads(json.dumps(document))) if f'"{key}"' not in page}
        # A problem's fields are told at the top of the page.
        assert untold == set()


def test_every_file_and_field_of_the_journal_is_told(journal: Path, tmp_path: Path) -> None:
    page = (DOCS / "journal.md").read_text()
    folder = find_run("last", journal).folder
    told = set(re.findall(r"`([a-z_]+)`", page))
    for path in folder.rglob("*"):
        assert path.name in page or "input" in path.parts
        if path.suffix == ".json" and path.name != "plan.json":
            assert set(json.loads(path.read_text())) - told == set(), path.name
    document = masked(desired_document(Cloud.of(tmp_path / "cfg", {}), whole_cloud()), str)
    assert set(document) - told == set()
    assert set(next(iter(document["containers"].values()))) - told == set()
    kept = read_desired(folder)
    assert kept is not None
    assert set(kept["containers"][API]) == set(next(iter(document["containers"].values())))
    assert set(kept) - {"cloud", "release", "nodes", "resources"} <= set(document) | {"schema"}


def test_every_kind_of_event_is_told() -> None:
    from skylift.model.event import Event

    page = (DOCS / "journal.md").read_text()
    assert [kind.kind for kind in Event.__subclasses__() if f"`{kind.kind}`" not in page] == []
