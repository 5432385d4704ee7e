"""``skylift exec CONTAINER …``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from skylift.cli.commands.openstack import PASS_ON
from skylift.cli.options import Config


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("exec", context_settings={**PASS_ON, "help_option_names": ["-h", "--help"]})(execute)


def execute(
    context: typer.Context,
    container: Annotated[
        str,
        typer.Argument(
            metavar="CONTAINER [COMMAND]...", help="A container (nova_api), or a service that has just one."
        ),
    ],
    config: Config = None,
    user: Annotated[str, typer.Option("--user", "-u", help="User inside; the container's own by default.")] = "",
) -> None:
    """Run a command inside a container.

    Without a command, a shell. Its exit code is passed on.

    Example:  skylift exec openvswitch_vswitchd ovs-vsctl show
    """
    from skylift.cli.run import run

    async def body(_: asyncio.Event) -> int:
        import os

        from skylift.app import inside
        from skylift.app.workspace import Workspace
        from skylift.cli.person import at_terminal

        async with Workspace.open(config) as workspace:
            with at_terminal() as person:
                term = os.environ.get("TERM", "xterm")
                return await inside.execute(workspace, container, context.args, person, user=user, term=term)

    run(body)
