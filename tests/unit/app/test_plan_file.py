"""What was planned is what is applied, or nothing is; and then it is said what has moved."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.plan.clouds import Case, clouds
from tests.unit.plan.world import NODE, desired, settled, spec

from skylift import __version__
from skylift.app.images import Images
from skylift.app.plan_file import MOST_TOLD, read, save
from skylift.app.situation import Situation
from skylift.images.resolve import Resolved
from skylift.model.desired import Desired
from skylift.model.observed import Observed
from skylift.model.problem import Problem
from skylift.plan.limit import limit
from skylift.plan.make import make

PASSWORDS = {"nova_password": "s3cret"}
WHOLE = desired(*(spec(f"c{number}", f"s{number % 3}", passwords=PASSWORDS) for number in range(20)))


def situation(wanted: Desired = WHOLE, observed: Observed | None = None, images: Images | None = None) -> Situation:
    seen = Observed() if observed is None else observed
    return Situation(seen, wanted, make(wanted, seen), images or Images())


def problem(path: Path, now: Situation) -> Problem:
    with pytest.raises(Problem) as caught:
        read(path, "test").check(now)
    return caught.value


def test_the_same_plan_is_applied(tmp_path: Path) -> None:
    path = tmp_path / "tonight.plan"
    save(path, situation(), ("nova", "glance"))
    kept = read(path, "test")
    kept.check(situation())
    assert (kept.only, kept.skylift, len(kept.operations)) == (("nova", "glance"), __version__, len(situation().plan))


def test_the_file_holds_no_password(tmp_path: Path) -> None:
    save(tmp_path / "p", situation())
    assert "s3cret" not in (tmp_path / "p").read_text()


def test_what_moved_is_said_and_the_way_on(tmp_path: Path) -> None:
    path = tmp_path / "p"
    save(path, situation(observed=settled(WHOLE)))
    observed = settled(WHOLE)
    name = f"{NODE}-c7"
    stopped = replace(observed.containers[name], status="exited")
    now = situation(observed=replace(observed, containers={**observed.containers, name: stopped}))
    found = problem(path, now)
    assert found.code == "plan-stale"
    assert found.detail == "container c7: it was running, and is exited now"
    assert (found.fix, found.where) == (f"Plan again: skylift plan --out {path}", str(path))


def test_of_many_moves_some_are_told(tmp_path: Path) -> None:
    save(tmp_path / "p", situation())
    lines = problem(tmp_path / "p", situation(observed=settled(WHOLE))).detail.splitlines()
    assert len(lines) == MOST_TOLD + 1
    assert lines[-1].startswith("and ")


def test_health_alone_is_no_move(tmp_path: Path) -> None:
    observed = settled(WHOLE)
    save(tmp_path / "p", situation(observed=observed))
    starting = {name: replace(one, health="starting") for name, one in observed.containers.items()}
    read(tmp_path / "p", "test").check(situation(observed=replace(observed, containers=starting)))


def test_another_version_that_plans_otherwise_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p"
    save(path, situation())
    document = json.loads(path.read_text())
    document["operations"].pop()
    path.write_text(json.dumps(document | {"skylift": "0.0.1"}))
    assert problem(path, situation()).detail == f"it was made by Skylift 0.0.1; this is {__version__}"
    path.write_text(json.dumps(document))
    assert problem(path, situation()).detail == "the way there is another now"


def test_a_plan_for_some_services_is_not_one_for_all(tmp_path: Path) -> None:
    older = tuple(replace(one, image_id="sha256:0") for one in WHOLE.containers)
    whole = situation(observed=settled(replace(WHOLE, containers=(WHOLE.containers[0], *older[1:]))))
    save(tmp_path / "p", replace(whole, plan=limit(whole.plan, ["s1"], WHOLE)), ("s1",))
    assert problem(tmp_path / "p", whole).code == "plan-stale"


@given(clouds(), clouds())
@settings(max_examples=25)
def test_it_is_taken_for_the_same_only_where_it_is(
    tmp_path_factory: pytest.TempPathFactory, one: Case, other: Case
) -> None:
    path = tmp_path_factory.mktemp("plans") / "p"
    save(path, situation(*one))
    kept = read(path, "test")
    kept.check(situation(*one))
    try:
        kept.check(situation(*other))
    except Problem as found:
        assert found.detail
    else:
        assert make(*one).as_dict() == make(*other).as_dict()


# Files that are no plan.


def test_images_that_are_missing_forbid_it(tmp_path: Path) -> None:
    images = Images({"nova-api": Resolved("nova-api", "skylift/nova-api:1", "")})
    with pytest.raises(Problem, match="only when all its images are there"):
        save(tmp_path / "p", situation(images=images))
    assert not (tmp_path / "p").exists()


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        save(tmp_path / "none" / "p", situation())
    assert (caught.value.code, caught.value.detail) == ("plan-file-unwritable", "No such file or directory")


def saved(tmp_path: Path, **change: Any) -> Path:
    save(tmp_path / "p", situation())
    document = json.loads((tmp_path / "p").read_text()) | change
    (tmp_path / "p").write_text(json.dumps(document))
    return tmp_path / "p"


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"format": "other"}, "it was not written by 'skylift plan --out'"),
        ({"version": 99}, "it has version 99; this Skylift reads version 1"),
        ({"cloud": "mine"}, "it is for the cloud mine; the settings name test"),
        ({"operations": None}, "it is no plan"),
        ({"operations": ["a"]}, "it is no plan"),
        ({"operations": [{"id": "a"}]}, "it is no plan"),
        ({"operations": [{"id": "a", "cause": "b", "needs": 3}]}, "it is no plan"),
        ({"basis": []}, "it is no plan"),
        ({"only": 3}, "it is no plan"),
    ],
)
def test_a_document_of_another_kind(tmp_path: Path, change: dict[str, Any], detail: str) -> None:
    with pytest.raises(Problem) as caught:
        read(saved(tmp_path, **change), "test")
    assert caught.value.code == "plan-file-invalid"
    assert detail in caught.value.detail


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": "skylift-plan", "version": 1}', b"3"])
def test_a_file_that_is_no_document(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(Problem) as caught:
        read(tmp_path / "p", "test")
    assert caught.value.code == "plan-file-invalid"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        read(tmp_path / "p", "test")
    assert caught.value.detail == "No such file or directory"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.text(), one),
        max_leaves=6,
    )
)
@settings(max_examples=40)
def test_any_other_document_is_refused(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    path = tmp_path_factory.mktemp("plans") / "p"
    path.write_text(json.dumps(document))
    with pytest.raises(Problem):
        read(path, "test")
