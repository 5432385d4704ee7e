"""``skylift apply``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skylift.cli.options import Config, Full, Json, Only, Yes

if TYPE_CHECKING:
    from skylift.model.plan import Plan


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(apply)


def apply(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A plan kept by 'skylift plan --out'.")] = None,
    only: Only = None,
    full: Full = False,
    config: Config = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Show the plan, ask, and carry it out.

    A kept plan is carried out only if the world has not moved since it was made.

    Example:  skylift apply tonight.plan
    """
    from skylift.cli.run import DONE, FAILED, run
    from skylift.cli.session import choose, shown

    if file is not None and only:
        raise typer.BadParameter("a kept plan is limited already", param_hint="--only")

    async def body(stop: asyncio.Event) -> int:
        from skylift.app import apply as use_case
        from skylift.app.plan_file import read
        from skylift.app.workspace import Workspace
        from skylift.model.event import RunResult

        async with Workspace.open(config) as workspace, shown(choose(as_json=as_json), stop) as view:

            def confirm(plan: Plan) -> bool:
                with view.pause():
                    return _confirm(plan, yes=yes, as_json=as_json, full=full)

            planned = read(file, workspace.cloud_name) if file is not None else None
            limits = tuple(only or ())
            result = await use_case.apply(workspace, view, confirm, only=limits, planned=planned, stop=stop)
            view(RunResult({"confirmed": result.confirmed, "changed": result.changed}))
        if result.confirmed and not as_json:
            from skylift.cli.console import output
            from skylift.cli.views.summary import changes

            output().print(changes(result.changed))
        return DONE if result.confirmed else FAILED

    run(body, as_json=as_json, graceful=True)


def _confirm(plan: Plan, *, yes: bool, as_json: bool, full: bool) -> bool:
    from skylift.cli.ask import sure

    if not as_json:
        from skylift.cli.console import output
        from skylift.cli.views.plan import show

        show(output(), plan, full=full)
    return yes or sure("Carry this out?", as_json=as_json)
