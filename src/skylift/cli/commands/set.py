"""``skylift set``."""

from __future__ import annotations

from typing import Annotated

import typer

from skylift.cli.change import PlanOnly, carry_out
from skylift.cli.options import Config, Json, Yes


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("set")(set_)


def set_(
    key: Annotated[str, typer.Argument(help="A key of globals.yml.", show_default=False)],
    value: Annotated[str, typer.Argument(help="Its new value.", show_default=False)],
    plan: PlanOnly = False,
    config: Config = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Give a setting another value, and carry out what follows.

    globals.yml keeps its comments and its order. Nothing is written before you agreed to the plan.

    Example:  skylift set nova_compute_virt_type qemu
    """
    from skylift.app.change_edits import set_key

    carry_out(lambda folder: set_key(folder, key, value), config, plan_only=plan, yes=yes, as_json=as_json)
