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

    What 'skylift up' checks first, and a guest booted with KVM; each check says what it looked at, and everything that
    is wrong is shown at once. Changes nothing. Exit code 1 when something is wrong.

    Example:  skylift check
    """
    from skylift.cli.run import DONE, FAILED, run
    from skylift.cli.session import Quiet

    async def body(_: asyncio.Event) -> int:
        from skylift.app.precheck import precheck
        from skylift.app.workspace import Workspace

        async with Workspace.open(config) as workspace:
            findings = await precheck(workspace, Quiet())
        failed = any(finding.problems for finding in findings)
        if as_json:
            from skylift.cli.views.json import document

            document({"ok": not failed, "checks": [finding.as_dict() for finding in findings]})
        else:
            from skylift.cli.console import output
            from skylift.cli.views.checks import show

            show(output(), findings)
        return FAILED if failed else DONE

    run(body, as_json=as_json)
