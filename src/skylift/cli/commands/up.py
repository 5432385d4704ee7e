"""``skylift up``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from skylift.cli.options import Config, Json

if TYPE_CHECKING:
    from skylift.app.up import UpResult


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(up)


def up(
    config: Config = None,
    verify: Annotated[bool, typer.Option("--verify/--no-verify", help="Prove at the end that it works.")] = True,
    as_json: Json = False,
) -> None:
    """Bring the cloud up, or go on after any stop.

    Builds the images that are missing, makes the plan, carries it out, creates the initial networks and images, and
    proves that it works. Safe to repeat: what is as it should be is left alone.

    Example:  skylift up --no-verify
    """
    from skylift.cli.run import DONE, FAILED, run
    from skylift.cli.session import choose, shown

    async def body(stop: asyncio.Event) -> int:
        from skylift.app import up as use_case
        from skylift.app.workspace import Workspace

        async with Workspace.open(config) as workspace, shown(choose(as_json=as_json), stop) as view:
            result = await use_case.up(workspace, view, verify=verify, stop=stop)
        if not as_json:
            _show(result)
        return DONE if result.report is None or result.report.ok else FAILED

    run(body, as_json=as_json, graceful=True)


def _show(result: UpResult) -> None:
    from skylift.cli.console import output
    from skylift.cli.views import proofs, summary

    console = output()
    summary.show(
        console,
        changed=result.changed,
        endpoints=result.endpoints,
        credentials=result.credentials,
        phases=result.phases,
        report=result.report,
    )
    if result.report is not None and not result.report.ok:
        proofs.show_failures(console, result.report)
