"""``skylift down``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from skylift.cli.options import Config, Json, Yes

if TYPE_CHECKING:
    from skylift.app.down import Leaving


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(down)


def down(
    config: Config = None,
    yes: Yes = False,
    keep_data: Annotated[bool, typer.Option("--keep-data", help="Keep the volumes that hold data.")] = False,
    as_json: Json = False,
) -> None:
    """Remove the cloud without a trace.

    Lists the guests and volumes that go with it, and asks. Images and the journal stay.

    Example:  skylift down --yes --keep-data
    """
    from skylift.cli.run import DONE, FAILED, run
    from skylift.cli.session import choose, shown

    async def body(stop: asyncio.Event) -> int:
        from skylift.app import down as use_case
        from skylift.app.workspace import Workspace
        from skylift.model.event import RunResult

        async with Workspace.open(config) as workspace, shown(choose(as_json=as_json), stop) as view:

            def confirm(leaving: Leaving) -> bool:
                with view.pause():
                    return _confirm(leaving, yes=yes, as_json=as_json)

            result = await use_case.down(workspace, view, confirm, keep_data=keep_data, stop=stop)
            view(RunResult({"confirmed": result.confirmed, "removed": result.removed}))
        if result.confirmed and not as_json:
            from skylift.cli.console import output
            from skylift.cli.views.down import removed_line

            output().print(removed_line(result.removed))
        return DONE if result.confirmed else FAILED

    run(body, as_json=as_json, graceful=True)


def _confirm(leaving: Leaving, *, yes: bool, as_json: bool) -> bool:
    from skylift.cli.ask import sure

    if not as_json:
        from skylift.cli.console import output
        from skylift.cli.views.down import leaving_lines

        for line in leaving_lines(leaving):
            output().print(line)
    return yes or sure("Remove all this?", as_json=as_json)
