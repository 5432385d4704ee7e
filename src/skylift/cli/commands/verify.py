"""``skylift verify``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from skylift.cli.options import Config, Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)


def verify(
    config: Config = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave what was made, and print the address.")] = False,
    as_json: Json = False,
) -> None:
    """Prove with real requests that the cloud works.

    From a token to guests behind a load balancer that answer from outside; what was made is removed again.

    Example:  skylift verify --json
    """
    from skylift.cli.run import DONE, FAILED, run
    from skylift.cli.session import Quiet, choose, shown

    async def body(stop: asyncio.Event) -> int:
        from skylift.app import verify as use_case
        from skylift.app.workspace import Workspace

        async with Workspace.open(config) as workspace:
            view = Quiet() if as_json else choose(as_json=False)
            async with shown(view, stop):
                report = await use_case.verify(workspace, view, keep, stop=stop)
        if as_json:
            from skylift.cli.views.json import document

            document(report.as_dict())
        else:
            from skylift.cli.console import output
            from skylift.cli.views.proofs import show_failures

            show_failures(output(), report)
        return DONE if report.ok else FAILED

    run(body, as_json=as_json, graceful=True)
