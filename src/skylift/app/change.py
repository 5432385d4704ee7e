"""Use case: change the settings by command.

The plan is made as if they were written already; they are written when it was agreed to. Whatever is cut off after that
is gone on with by the next ``apply``: the file says it all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from skylift.app import access
from skylift.app.apply import execute, prepare
from skylift.app.change_edits import GLOBALS, Edit
from skylift.app.reports import contents
from skylift.app.run import start
from skylift.app.situation import Situation, look, shape_of
from skylift.app.workspace import Workspace
from skylift.model.container import LABEL
from skylift.model.event import Notice, Sink
from skylift.model.observed import Observed
from skylift.model.plan import Plan
from skylift.model.problem import Problem
from skylift.openstack import holdings
from skylift.openstack.errors import ApiProblem
from skylift.openstack.holdings import Holding
from skylift.settings import load

ASK_SECONDS = 10.0
SHOWN = 20


@dataclass(frozen=True)
class Loss:
    """What goes with a service that is switched off, or stays behind when its data are not removed.

    ``holdings`` are users' things; ``told`` what becomes of them; ``unknown`` why they could not be listed.
    """

    service: str
    erase: bool
    holdings: tuple[Holding, ...] = ()
    told: str = ""
    unknown: str = ""
    databases: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What is shown before the question."""

    edit: Edit
    plan: Plan
    losses: tuple[Loss, ...] = ()

    @property
    def empty(self) -> bool:
        """True when neither the file nor the cloud would change."""
        return self.edit.before == self.edit.after and self.plan.empty

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form documented in docs/machine-output.md."""
        return {
            "file": str(self.edit.folder / self.edit.file),
            "diff": list(self.edit.diff),
            "passwords": list(self.edit.names),
            "losses": [asdict(loss) for loss in self.losses],
            "plan": self.plan.as_dict(),
        }


@dataclass(frozen=True)
class ChangeResult:
    """``written``: the file was changed. ``changed`` operations; ``confirmed`` is False when the user said no."""

    confirmed: bool
    changed: int = 0
    written: bool = False
    deployed: bool = True
    diff: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**asdict(self), "diff": list(self.diff)}


async def propose(workspace: Workspace, edit: Edit, sink: Sink) -> Proposal:
    """Return what ``edit`` would lead to. ``workspace`` was opened with its texts. Nothing is changed.

    Raises Problem for a change that cannot be: a cloud that runs gets no other name.
    """
    for notice in (*workspace.settings.warnings, *workspace.passwords.notices):
        sink(notice)
    await _same_cloud(workspace, edit)
    situation = await look(workspace)
    for notice in situation.notices:
        sink(notice)
    if not situation.images.complete:
        count = len(situation.images.missing)
        sink(Notice(f"{count} images are not on this machine yet; they are made or pulled first"))
    return Proposal(edit, situation.plan, await _losses(workspace, situation, edit))


async def change(
    workspace: Workspace,
    edit: Edit,
    sink: Sink,
    confirm: Callable[[Proposal], bool],
    *,
    stop: asyncio.Event | None = None,
) -> ChangeResult:
    """Show what ``edit`` leads to, ask, write the file, and carry it out: one run in the journal.

    Where there is no cloud yet the file is all that changes, if its networks can be had. Raises Problem when
    something failed; the file then says what is wanted, and ``apply`` goes on.
    """
    written = edit.before != edit.after
    if not await workspace.engine.containers(workspace.cloud_name):
        await _same_cloud(workspace, edit)
        if edit.verb == "set":
            # What the machine cannot give is told now and not by the next up.
            await shape_of(workspace, Observed())
        with start(workspace, edit.verb, sink, stop) as run:
            edit.save()
            run.keep_input()
        return ChangeResult(True, 0, written, deployed=False, diff=edit.diff)
    proposal = await propose(workspace, edit, lambda event: None)
    if not (proposal.empty or confirm(proposal)):
        return ChangeResult(False)
    with start(workspace, edit.verb, sink, stop) as run:
        situation = await prepare(run)
        edit.save()
        run.keep_input()
        return ChangeResult(True, await execute(run, situation), written, diff=edit.diff)


async def _same_cloud(workspace: Workspace, edit: Edit) -> None:
    if edit.file != GLOBALS:
        return
    try:
        old = load(edit.folder, workspace.declared).keys.skylift_cloud_name
    except Problem:
        return  # What was wrong in the file is what the edit mends.
    if old != workspace.cloud_name and await workspace.engine.containers(old):
        raise Problem(
            code="cloud-name-in-use",
            summary="A running cloud cannot get another name",
            detail=f"the cloud {old} would be left behind with its containers, networks and volumes",
            fix="skylift down   removes it; then change the name.",
            where=edit.file,
        )


async def _losses(workspace: Workspace, situation: Situation, edit: Edit) -> tuple[Loss, ...]:
    found = []
    for one in situation.desired.retired:
        if one.service not in edit.leaving:
            continue
        loss = Loss(
            one.service,
            one.erase,
            told=holdings.told(one.service),
            databases=tuple(name for name, _ in one.databases),
            volumes=tuple(name for name in one.data_volumes if name in situation.observed.volumes),
        )
        found.append(await _listed(workspace, situation, loss))
    return tuple(found)


async def _listed(workspace: Workspace, situation: Situation, loss: Loss) -> Loss:
    """Return the loss with what users have. Raises Problem ``holdings-orphaned`` for what nobody could remove."""
    observed = situation.observed
    if observed.apis is None:
        return replace(loss, unknown="keystone does not answer")
    former = access.password(workspace.folder) if observed.refused else None
    api = workspace.api(situation.cloud.api_address, timeout=ASK_SECONDS, password=former)
    runs = any(
        state.labels.get(LABEL + "service") == loss.service and state.status == "running"
        for state in observed.containers.values()
    )
    try:
        if runs:
            there = await contents(workspace.engine, workspace.cloud_name, workspace.declared, loss.service)
            loss = replace(loss, holdings=await asyncio.to_thread(holdings.found, api, loss.service, there))
            return _may_go(loss)
        left = await asyncio.to_thread(holdings.orphans, api, loss.service) if loss.erase else ()
    except ApiProblem as problem:
        return replace(loss, unknown=problem.summary)
    if left:
        raise Problem(
            code="holdings-orphaned",
            summary="What users have in a service can be removed only while it is on",
            detail=f"{loss.service} is off, and these addresses of its are still in use: {', '.join(left)}",
            fix=f"skylift enable {loss.service}\nskylift disable {loss.service} --delete-data",
        )
    return loss


def _may_go(loss: Loss) -> Loss:
    """Return the loss. Raises Problem ``holdings-in-use`` for a service that users' things cannot be without."""
    if loss.erase or not loss.holdings or not holdings.keeps_on(loss.service):
        return loss
    shown = [f"{one.kind} {one.name}" + (f" ({one.detail})" if one.detail else "") for one in loss.holdings]
    more = f"\nand {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    raise Problem(
        code="holdings-in-use",
        summary="A service cannot be switched off while there is something in it",
        detail=f"in {loss.service}:\n" + "\n".join(shown[:SHOWN]) + more,
        fix=f"Remove these first, or have all of it deleted: skylift disable {loss.service} --delete-data",
        where=loss.service,
    )
