"""``skylift check``."""

from __future__ import annotations

import asyncio

import typer

from skylift.cli.options import Config, Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(config: Config = None, as_json: Json = False) -> None:
    """Check settings and machine before a change.

    What 'skylift up' checks first; everything that is wrong is shown at once. Changes nothing.

    Example:  skylift check
    """
    from skylift.cli.run import DONE, run
    from skylift.cli.session import Quiet

    async def body(_: asyncio.Event) -> int:
        from skylift.app.precheck import precheck
        from skylift.app.workspace import Workspace

        async with Workspace.open(config) as workspace:
            names = await precheck(workspace, Quiet())
        if as_json:
            from skylift.cli.views.json import document

            document({"ok": True, "checks": list(names)})
        else:
            typer.echo(f"All {len(names)} checks hold: {', '.join(names)}.")
        return DONE

    run(body, as_json=as_json)
