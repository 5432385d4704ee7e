"""A change of settings is written when it was agreed to, before anything is carried out, and not otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from tests.unit.plan.test_retired import ERASED, GONE, OFF, there, without
from tests.unit.plan.world import desired, settled, spec

from skylift.app import change as use_case
from skylift.app.change import Proposal, change, propose
from skylift.app.change_edits import Edit, disable, set_key
from skylift.app.images import Images
from skylift.app.situation import Situation
from skylift.app.workspace import Workspace
from skylift.model.event import Event
from skylift.model.plan import Operation, Plan
from skylift.model.problem import Problem
from skylift.openstack import holdings
from skylift.openstack.holdings import Holding
from skylift.settings import load_text

ONE = Plan("test", (Operation("job.run:a", "job.run", "a", "changed"),))


@dataclass
class Engine:
    """Knows the names of the clouds that it has containers of."""

    clouds: tuple[str, ...] = ("test",)

    async def containers(self, cloud: str) -> tuple[str, ...]:
        return ("one",) if cloud in self.clouds else ()


class Passwords:
    notices = ()


@dataclass
class Stage:
    """What happened, in order; stands in for engine, run and cloud."""

    folder: Path
    plan: Plan = ONE
    engine: Engine = field(default_factory=Engine)
    happened: list[str] = field(default_factory=list)
    situation: Situation | None = None

    def workspace(self, edit: Edit) -> Workspace:
        settings = load_text(edit.after, (), {})
        engine: Any = self.engine
        return Workspace(self.folder, settings, cast(Any, Passwords()), (), engine, erase=edit.erase)

    def note(self, what: str) -> None:
        said = (self.folder / "globals.yml").read_text() if (self.folder / "globals.yml").exists() else ""
        self.happened.append(f"{what}: {said.strip().splitlines()[-1] if said else 'no file'}")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    """Return a stage on which a cloud ``test`` runs, whose plan is one operation."""
    here = Stage(tmp_path)
    (tmp_path / "globals.yml").write_text("skylift_cloud_name: test\n")

    class Run:
        def keep_input(self) -> None:
            here.note("kept")

    @contextmanager
    def start(_: Workspace, verb: str, *__: object) -> Iterator[Run]:
        here.note(f"run {verb}")
        yield Run()

    async def look(_: Workspace) -> Situation:
        wanted = desired(spec("mariadb", "mariadb"))
        images = Images()
        return here.situation or Situation(settled(wanted), wanted, here.plan, images)

    async def prepare(_: Run) -> Situation:
        here.note("prepared")
        return await look(cast(Any, None))

    async def execute(_: Run, situation: Situation) -> int:
        here.note("executed")
        return len(situation.plan)

    async def shape_of(workspace: Workspace, _: object) -> None:
        if workspace.settings.kolla_internal_vip_address:
            raise Problem("settings-conflict", "Two settings do not go together", where="globals.yml:2")

    for stand_in in (start, look, prepare, execute, shape_of):
        name = stand_in.__name__
        monkeypatch.setattr(use_case, name, stand_in)
    return here


def ignore(_: Event) -> None:
    """Take an event."""


def answer(yes: bool, seen: list[Proposal]) -> Callable[[Proposal], bool]:
    def confirm(proposal: Proposal) -> bool:
        seen.append(proposal)
        return yes

    return confirm


async def test_it_is_written_after_the_checks_and_before_the_first_operation(stage: Stage) -> None:
    edit = set_key(stage.folder, "openstack_logging_debug", "yes")
    seen: list[Proposal] = []
    result = await change(stage.workspace(edit), edit, ignore, answer(True, seen))
    assert stage.happened == [
        "run set: skylift_cloud_name: test",
        "prepared: skylift_cloud_name: test",
        "kept: openstack_logging_debug: yes",
        "executed: openstack_logging_debug: yes",
    ]
    assert (result.confirmed, result.changed, result.written, result.deployed) == (True, 1, True, True)
    assert [proposal.plan for proposal in seen] == [ONE]
    assert result.as_dict()["diff"][-1] == "+openstack_logging_debug: yes"


async def test_a_no_leaves_everything_as_it_is(stage: Stage) -> None:
    edit = set_key(stage.folder, "openstack_logging_debug", "yes")
    result = await change(stage.workspace(edit), edit, ignore, answer(False, []))
    assert (result.confirmed, stage.happened) == (False, [])
    assert (stage.folder / "globals.yml").read_text() == edit.before


async def test_nothing_is_asked_where_nothing_changes(stage: Stage) -> None:
    stage.plan = Plan("test")
    edit = set_key(stage.folder, "skylift_cloud_name", "test")
    seen: list[Proposal] = []
    result = await change(stage.workspace(edit), edit, ignore, answer(False, seen))
    assert (result.confirmed, result.written, seen) == (True, False, [])


async def test_a_file_alone_is_asked_for_too(stage: Stage) -> None:
    stage.plan = Plan("test")
    edit = set_key(stage.folder, "DEMO_NET_CIDR", "10.0.0.0/24")
    assert not (await change(stage.workspace(edit), edit, ignore, answer(False, []))).confirmed
    assert stage.happened == []


async def test_where_there_is_no_cloud_yet_the_file_is_all(stage: Stage) -> None:
    stage.engine.clouds = ()
    edit = set_key(stage.folder, "skylift_cloud_name", "other")
    result = await change(stage.workspace(edit), edit, ignore, answer(False, []))
    assert (result.confirmed, result.written, result.deployed) == (True, True, False)
    assert stage.happened == ["run set: skylift_cloud_name: test", "kept: skylift_cloud_name: other"]


async def test_networks_that_cannot_be_had_are_refused_before_there_is_a_cloud(stage: Stage) -> None:
    stage.engine.clouds = ()
    edit = set_key(stage.folder, "kolla_internal_vip_address", "10.9.8.7")
    with pytest.raises(Problem, match="do not go together"):
        await change(stage.workspace(edit), edit, ignore, answer(True, []))
    assert stage.happened == []
    assert (stage.folder / "globals.yml").read_text() == edit.before


async def test_a_cloud_that_runs_keeps_its_name(stage: Stage) -> None:
    edit = set_key(stage.folder, "skylift_cloud_name", "other")
    for clouds in (("test",), ("test", "other")):
        stage.engine.clouds = clouds
        with pytest.raises(Problem) as caught:
            await change(stage.workspace(edit), edit, ignore, answer(True, []))
        assert caught.value.code == "cloud-name-in-use"
    assert stage.happened == []


async def test_a_file_that_moved_is_left_alone(stage: Stage) -> None:
    edit = set_key(stage.folder, "openstack_logging_debug", "yes")
    (stage.folder / "globals.yml").write_text("skylift_cloud_name: test\n# theirs\n")
    with pytest.raises(Problem) as caught:
        await change(stage.workspace(edit), edit, ignore, answer(True, []))
    assert caught.value.code == "settings-moved"
    assert stage.happened[-1] == "prepared: # theirs"


def leaving(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, erase: bool, runs: bool = True, deaf: bool = False
) -> Edit:
    """Set the stage for switching octavia off."""
    monkeypatch.setattr(holdings, "found", lambda *_: (Holding("load balancer", "web", "demo", "10.0.0.9"),))
    monkeypatch.setattr(holdings, "orphans", lambda *_: ("10.0.0.9",))
    monkeypatch.setattr(Workspace, "api", lambda *_, **__: None)
    wanted = ERASED if erase else OFF
    observed = there() if runs else without(there())
    observed = replace(observed, apis=None) if deaf else observed
    stage.situation = Situation(observed, wanted, ONE, Images())
    edit = Edit("disable", stage.folder, "globals.yml", "", "", leaving=("octavia",))
    return replace(edit, before="skylift_cloud_name: test\n", after="skylift_cloud_name: test\n# off\n")


async def test_what_users_have_is_told_before(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = leaving(stage, monkeypatch, erase=False)
    (loss,) = (await propose(stage.workspace(edit), edit, ignore)).losses
    assert (loss.service, loss.erase, loss.databases, loss.volumes) == (
        "octavia",
        False,
        ("octavia",),
        GONE.data_volumes,
    )
    assert [holding.name for holding in loss.holdings] == ["web"]
    assert "keep answering" in loss.told


async def test_what_cannot_be_listed_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = leaving(stage, monkeypatch, erase=True, deaf=True)
    (loss,) = (await propose(stage.workspace(edit), edit, ignore)).losses
    assert (loss.holdings, loss.unknown) == ((), "keystone does not answer")


async def test_data_that_only_the_service_could_remove_are_not_left_behind(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = leaving(stage, monkeypatch, erase=True, runs=False)
    with pytest.raises(Problem) as caught:
        await propose(stage.workspace(edit), edit, ignore)
    assert caught.value.code == "holdings-orphaned"
    assert caught.value.fix == "skylift enable octavia\nskylift disable octavia --delete-data"
    edit = leaving(stage, monkeypatch, erase=False, runs=False)
    (loss,) = (await propose(stage.workspace(edit), edit, ignore)).losses
    assert loss.holdings == ()


async def test_the_proposal_as_json(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = leaving(stage, monkeypatch, erase=True)
    document = (await propose(stage.workspace(edit), edit, ignore)).as_dict()
    assert document["file"] == str(stage.folder / "globals.yml")
    assert document["diff"][-1] == "+# off"
    assert document["losses"][0]["holdings"][0]["name"] == "web"
    assert document["plan"]["operations"][0]["id"] == "job.run:a"


def test_disable_is_what_leaves(tmp_path: Path) -> None:
    assert disable(tmp_path, ["octavia"]).leaving == ("octavia",)
