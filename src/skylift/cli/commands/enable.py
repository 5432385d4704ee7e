"""``skylift enable``."""

from __future__ import annotations

from typing import Annotated

import typer

from skylift.cli.change import PlanOnly, carry_out
from skylift.cli.options import Config, Json, Yes


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(enable)


def enable(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Services: skylift services")],
    with_deps: Annotated[bool, typer.Option("--with-deps", help="Also switch on what these need.")] = False,
    plan: PlanOnly = False,
    config: Config = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Switch services on and deploy them.

    Example:  skylift enable cinder --with-deps
    """
    from skylift.app.change_edits import enable as edit

    carry_out(lambda folder: edit(folder, names, with_deps=with_deps), config, plan_only=plan, yes=yes, as_json=as_json)
