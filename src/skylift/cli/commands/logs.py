"""``skylift logs SERVICE``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from skylift.cli.options import Config, Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(logs)


def logs(
    name: Annotated[str, typer.Argument(metavar="SERVICE|CONTAINER", help="As in 'skylift status'.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="10m, 2h, 1d or 2026-11-24T08:00.")] = "",
    tail: Annotated[int | None, typer.Option("--tail", "-n", metavar="N", help="Last N lines of each.")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show what a service's containers wrote.

    Merged in order of time.

    Example:  skylift logs nova --since 10m
    """
    from skylift.cli.run import DONE, run

    async def body(_: asyncio.Event) -> int:
        from skylift.app import logs as use_case
        from skylift.app.workspace import Workspace
        from skylift.cli.views.logs import writer

        async with Workspace.open(config) as workspace:
            write = writer(as_json=as_json)
            async for line in use_case.logs(workspace, name, follow=follow, since=since, tail=tail):
                write(line)
        return DONE

    run(body, as_json=as_json)
