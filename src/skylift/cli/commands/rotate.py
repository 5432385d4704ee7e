"""``skylift rotate``."""

from __future__ import annotations

from typing import Annotated

import typer

from skylift.cli.change import PlanOnly, carry_out
from skylift.cli.options import Config, Json, Yes


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rotate)


def rotate(
    passwords: Annotated[
        list[str] | None, typer.Argument(metavar="[PASSWORD...]", help="Keys of passwords.yml.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that can be replaced.")] = False,
    plan: PlanOnly = False,
    config: Config = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Replace passwords by new ones, everywhere they are used.

    In the database, the broker, keystone and each file.

    Who uses one is stopped before it changes and started after, so that nobody is locked out.

    Example:  skylift rotate nova_database_password
    """
    from skylift.app.rotate import rotate as edit

    if every == bool(passwords):
        raise typer.BadParameter("name the passwords, or say --all", param_hint="PASSWORD")
    carry_out(
        lambda folder: edit(folder, passwords or (), every=every), config, plan_only=plan, yes=yes, as_json=as_json
    )
