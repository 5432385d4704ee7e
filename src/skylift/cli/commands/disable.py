"""``skylift disable``."""

from __future__ import annotations

from typing import Annotated

import typer

from skylift.cli.change import PlanOnly, carry_out
from skylift.cli.options import Config, Json, Yes


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(disable)


def disable(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Services: skylift services")],
    delete_data: Annotated[
        bool, typer.Option("--delete-data", help="Delete what users have in them, their databases and volumes.")
    ] = False,
    plan: PlanOnly = False,
    config: Config = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Switch services off; their data stay unless told otherwise.

    Containers, catalogue entries and service users go.

    Says first what users would lose. With their data kept, services can be switched on again as they were.

    Example:  skylift disable octavia --plan
    """
    from skylift.app.change_edits import disable as edit

    carry_out(
        lambda folder: edit(folder, names, delete_data=delete_data), config, plan_only=plan, yes=yes, as_json=as_json
    )
