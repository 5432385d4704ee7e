"""``skylift unset``."""

from __future__ import annotations

from typing import Annotated

import typer

from skylift.cli.change import PlanOnly, carry_out
from skylift.cli.options import Config, Json, Yes


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(unset)


def unset(
    key: Annotated[str, typer.Argument(help="A key of globals.yml.", show_default=False)],
    plan: PlanOnly = False,
    config: Config = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take a setting out, and carry out what follows.

    Its default holds then.

    Example:  skylift unset nova_compute_virt_type
    """
    from skylift.app.change_edits import unset_key

    carry_out(lambda folder: unset_key(folder, key), config, plan_only=plan, yes=yes, as_json=as_json)
