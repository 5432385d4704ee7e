"""``skylift explain TEXT|FILE|RUN|-``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from skylift.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TEXT|FILE|RUN|-]", help="An error's text, a log, a run, or - for a pipe."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what an error or a log means, why, and what to do.

    Without an argument: the last run that failed. Needs no engine.

    Example:  skylift logs nova --since 30m | skylift explain -
    """
    from skylift.cli.run import DONE, guarded

    def body() -> int:
        from skylift.app import explain as use_case

        found = use_case.explain(" ".join(what) if what else None, sys.stdin)
        if as_json:
            from skylift.cli.views.json import document

            document([finding.as_dict() for finding in found.findings])
            return DONE
        from skylift.cli.console import output
        from skylift.cli.views.findings import show_explanation

        show_explanation(output(), found)
        return DONE

    raise typer.Exit(guarded(body, as_json=as_json))
