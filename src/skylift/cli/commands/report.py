"""``skylift report``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from skylift.cli.options import Config, Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="[default: skylift-report-CLOUD-TIME.tar.gz]", show_default=False),
    ] = None,
    no_logs: Annotated[bool, typer.Option("--no-logs", help="Leave the containers' logs out.")] = False,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Logs: 10m, 2h, 1d or 2026-11-24T08:00.")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Write one archive for a bug report.

    Versions, machine, settings, plan, last runs, doctor's findings, status, containers and their logs, without
    passwords. Changes nothing, and works when the cloud or the engine does not: what could not be got says why.

    Example:  skylift report --since 2h
    """
    from skylift.cli.run import DONE, run

    async def body(_: asyncio.Event) -> int:
        from skylift.app import bundle as use_case

        made = await use_case.make(config, out, logs=not no_logs, since=since)
        if as_json:
            from skylift.cli.views.json import document

            document(made.as_dict())
        else:
            from skylift.cli.console import output
            from skylift.cli.views.bundle import show

            show(output(), made)
        return DONE

    run(body, as_json=as_json)
