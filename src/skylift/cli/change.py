"""What the commands that change settings have in common: show, ask, write, carry out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from skylift.app.change import Proposal
    from skylift.app.change_edits import Edit

PlanOnly = Annotated[bool, typer.Option("--plan", help="Only show what would change; write nothing.")]


def carry_out(make: Callable[[Path], Edit], config: Path | None, *, plan_only: bool, yes: bool, as_json: bool) -> None:
    """Run a command whose edit ``make`` returns for the configuration folder. Raises typer.Exit always.

    Exit codes as of ``plan`` with ``plan_only``, else as of ``apply``.
    """
    from skylift.cli.run import DONE, FAILED, PENDING, run
    from skylift.cli.session import Quiet, choose, shown

    async def body(stop: asyncio.Event) -> int:
        from skylift.app import change as use_case
        from skylift.app.workspace import Workspace
        from skylift.model.event import RunResult
        from skylift.settings import config_dir

        edit = make(config_dir(config))
        async with Workspace.open(config, texts=edit.texts, erase=edit.erase) as workspace:
            if plan_only:
                proposal = await use_case.propose(workspace, edit, Quiet())
                _show(proposal, as_json=as_json)
                return DONE if proposal.empty else PENDING
            async with shown(choose(as_json=as_json), stop) as view:

                def confirm(proposal: Proposal) -> bool:
                    with view.pause():
                        return _confirm(proposal, yes=yes, as_json=as_json)

                result = await use_case.change(workspace, edit, view, confirm, stop=stop)
                view(RunResult(result.as_dict()))
        if result.confirmed and not as_json:
            from skylift.cli.console import output
            from skylift.cli.views.change import result_lines

            for line in result_lines(edit, result):
                output().print(line)
        return DONE if result.confirmed else FAILED

    run(body, as_json=as_json, graceful=True)


def _show(proposal: Proposal, *, as_json: bool) -> None:
    if as_json:
        from skylift.cli.views.json import document

        document(proposal.as_dict())
        return
    from skylift.cli.console import output
    from skylift.cli.views.change import show

    show(output(), proposal)


def _confirm(proposal: Proposal, *, yes: bool, as_json: bool) -> bool:
    from skylift.cli.ask import sure

    if not as_json:
        _show(proposal, as_json=False)
    if yes:
        return True
    if not sure("Carry this out?", as_json=as_json):
        return False
    erased = [loss.service for loss in proposal.losses if loss.erase]
    return not erased or sure(f"Delete the data of {', '.join(erased)} for good?", as_json=as_json)
