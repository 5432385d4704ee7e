"""``skylift doctor``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from skylift.cli.options import Config, Json, Yes

if TYPE_CHECKING:
    from skylift.app.diagnose import Checkup
    from skylift.model.plan import Plan


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(
    fix: Annotated[bool, typer.Option("--fix", help="Plan the repairs that are safe, and ask.")] = False,
    config: Config = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Say what is wrong with the cloud, why, and what to do.

    The most probable cause comes first, what only follows from it below. Changes nothing without --fix. Exit code 0:
    nothing is wrong, 1: something is.

    Example:  skylift doctor --fix
    """
    from skylift.cli.run import DONE, FAILED, run

    async def body(stop: asyncio.Event) -> int:
        from skylift.app import diagnose as use_case

        found = await use_case.checkup(config)
        if not (as_json and fix):
            _show(found, as_json=as_json)
        if fix and found.patient is not None and found.diagnosis.findings:
            return await _mend(found, stop)
        return DONE if found.diagnosis.well else FAILED

    async def _mend(found: Checkup, stop: asyncio.Event) -> int:
        from skylift.app import diagnose as use_case
        from skylift.app.workspace import Workspace
        from skylift.cli.session import choose, shown
        from skylift.model.event import RunResult

        async with Workspace.open(config) as workspace, shown(choose(as_json=as_json), stop) as view:

            def confirm(plan: Plan) -> bool:
                with view.pause():
                    return _confirm(plan, yes=yes, as_json=as_json)

            result = await use_case.mend_cloud(workspace, view, confirm, found.diagnosis, stop=stop)
            view(RunResult({"confirmed": result.confirmed, "changed": result.changed}))
        if not as_json and result.confirmed:
            from skylift.cli.console import output
            from skylift.cli.views.doctor import mended

            output().print(mended(result.changed))
        return DONE if result.confirmed and (result.changed or found.diagnosis.well) else FAILED

    run(body, as_json=as_json, graceful=fix)


def _show(found: Checkup, *, as_json: bool) -> None:
    if as_json:
        from skylift.cli.views.json import document

        document([finding.as_dict() for finding in found.diagnosis.findings])
        return
    from skylift.cli.console import output
    from skylift.cli.views.doctor import show

    show(output(), found)


def _confirm(plan: Plan, *, yes: bool, as_json: bool) -> bool:
    from skylift.cli.ask import sure

    if not as_json:
        from skylift.cli.console import output
        from skylift.cli.views.plan import show

        show(output(), plan)
    return yes or sure("Carry this out?", as_json=as_json)
