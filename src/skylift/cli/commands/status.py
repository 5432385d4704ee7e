"""``skylift status``."""

from __future__ import annotations

import asyncio

import typer

from skylift.cli.options import Config, Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(config: Config = None, as_json: Json = False) -> None:
    """Show what there is and what is in trouble.

    Release and versions, nodes, containers (those in trouble first), endpoints, datapath, virtualisation, where the
    disks of guests lie. Exit code 1 when something is wrong or nothing is deployed.

    Example:  skylift status --json
    """
    from skylift.cli.run import DONE, FAILED, run

    async def body(_: asyncio.Event) -> int:
        from skylift.app import status as use_case
        from skylift.app.workspace import Workspace

        async with Workspace.open(config) as workspace:
            found = await use_case.status(workspace)
        if as_json:
            from skylift.cli.views.json import document

            document(found.as_dict())
        else:
            from skylift.cli.console import output
            from skylift.cli.views.status import show

            show(output(), found)
        return DONE if found.healthy else FAILED

    run(body, as_json=as_json)
