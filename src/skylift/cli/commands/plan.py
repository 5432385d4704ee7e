"""``skylift plan``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from skylift.cli.options import Config, Full, Json, Only


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(plan)


def plan(
    only: Only = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Keep the plan for 'skylift apply'.")
    ] = None,
    full: Full = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show what would change, why, and what is interrupted meanwhile.

    Changes nothing. Exit code 0: nothing to do, 2: changes, 1: failed.

    Example:  skylift plan --only nova --out tonight.plan
    """
    from skylift.cli.run import DONE, PENDING, run
    from skylift.cli.session import Quiet

    async def body(_: asyncio.Event) -> int:
        from skylift.app import plan as use_case
        from skylift.app.workspace import Workspace

        async with Workspace.open(config) as workspace:
            made = await use_case.make(workspace, Quiet(), only=tuple(only or ()), out=out)
        if as_json:
            from skylift.cli.views.json import document

            document(made.as_dict())
        else:
            from skylift.cli.console import output
            from skylift.cli.views.plan import show

            show(output(), made, full=full)
        return DONE if made.empty else PENDING

    run(body, as_json=as_json)
