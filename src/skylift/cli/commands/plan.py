"""``skylift plan``."""

from __future__ import annotations

import asyncio

import typer

from skylift.cli.options import Config, Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(plan)


def plan(config: Config = None, as_json: Json = False) -> None:
    """Show what would change and why.

    Changes nothing. Exit code 0: nothing to do, 2: changes, 1: failed.

    Example:  skylift plan --json
    """
    from skylift.cli.run import DONE, PENDING, run
    from skylift.cli.session import Quiet

    async def body(_: asyncio.Event) -> int:
        from skylift.app import plan as use_case
        from skylift.app.workspace import Workspace

        async with Workspace.open(config) as workspace:
            made = await use_case.make(workspace, Quiet())
        if as_json:
            from skylift.cli.views.json import document

            document(made.as_dict())
        else:
            from skylift.cli.console import output
            from skylift.cli.views.plan import show

            show(output(), made)
        return DONE if made.empty else PENDING

    run(body, as_json=as_json)
