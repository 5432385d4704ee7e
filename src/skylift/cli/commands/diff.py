"""``skylift diff RUN [RUN]``."""

from __future__ import annotations

from typing import Annotated

import typer

from skylift.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


def diff(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="An id, its beginning, last or last-2.")] = "last",
    other: Annotated[str | None, typer.Argument(metavar="[RUN]", help="The later run.")] = None,
    as_json: Json = False,
) -> None:
    """Show what differs between two runs.

    Settings, your files, services, images, networks, rendered files; passwords are masked. With one run: what it
    changed against the run before it of the same cloud.

    Example:  skylift diff last-3 last
    """
    from skylift.cli.run import DONE, guarded

    def body() -> int:
        from skylift.app.compare_runs import compare

        found = compare(run, other)
        if as_json:
            from skylift.cli.views.json import document

            document(found.as_dict())
            return DONE
        import time

        from skylift.cli.console import output
        from skylift.cli.views.run_diff import show

        show(output(), found, time.time())
        return DONE

    raise typer.Exit(guarded(body, as_json=as_json))
