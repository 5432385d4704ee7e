"""``skylift history``."""

from __future__ import annotations

from typing import Annotated

import typer

from skylift.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(history)


def history(
    cloud: Annotated[str | None, typer.Option("--cloud", metavar="NAME", help="Runs of this cloud only.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", min=1, help="At most so many.")] = 20,
    as_json: Json = False,
) -> None:
    """List the runs: when, who, how long, what changed, how it ended.

    The newest first. Needs no engine.

    Example:  skylift history --limit 5
    """
    from skylift.cli.run import DONE, guarded

    def body() -> int:
        from skylift.app import history as use_case

        found = use_case.history(cloud, limit)
        if as_json:
            from skylift.cli.views.json import document

            document(found.as_dict())
            return DONE
        import time

        from skylift.cli.console import output
        from skylift.cli.views.history import show

        show(output(), found, cloud, time.time())
        return DONE

    raise typer.Exit(guarded(body, as_json=as_json))
