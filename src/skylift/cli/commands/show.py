"""``skylift show RUN``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skylift.cli.options import Json

if TYPE_CHECKING:
    from skylift.app.history import Entry
    from skylift.app.timeline import Timeline


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(show)


def show(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="An id, its beginning, last or last-2.")] = "last",
    everything: Annotated[bool, typer.Option("--all", "-a", help="A row for everything, however short.")] = False,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Also draw the chart.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a page.")] = None,
    as_json: Json = False,
) -> None:
    """Show one run: timeline, critical path, what failed and why.

    The page and the chart need no other file and no network.

    Example:  skylift show last --html run.html
    """
    from skylift.cli.run import DONE, guarded

    def body() -> int:
        from skylift.app.history import entry_of
        from skylift.app.timeline import of_record
        from skylift.journal import read_run

        record = read_run(run)
        entry, line = entry_of(record.summary), of_record(record)
        if svg is not None:
            from skylift.cli.views import words
            from skylift.cli.views.timeline_svg import draw

            _write(svg, draw(line, f"skylift {entry.run.verb} {entry.run.id}: {words.seconds(line.length)}"))
        if html is not None:
            from skylift.app.history import settings_of
            from skylift.cli.views.timeline_html import page

            _write(html, page(entry, line, record.plan, settings_of(entry.run)))
        _print(entry, line, everything=everything, as_json=as_json)
        if not as_json:
            for path in filter(None, (svg, html)):
                typer.echo(f"\n{path} written")
        return DONE

    raise typer.Exit(guarded(body, as_json=as_json))


def _print(entry: Entry, line: Timeline, *, everything: bool, as_json: bool) -> None:
    if as_json:
        from skylift.cli.views.json import document

        document({**entry.as_dict(), **line.as_dict()})
        return
    import time

    from skylift.cli.console import output
    from skylift.cli.views.history_run import show as show_run

    show_run(output(), entry, line, time.time(), everything=everything)


def _write(path: Path, text: str) -> None:
    from skylift.model.problem import unwritable

    try:
        path.expanduser().write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritable(str(path), error) from error
