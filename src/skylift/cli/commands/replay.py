"""``skylift replay RUN``."""

from __future__ import annotations

from typing import Annotated

import typer

from skylift.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(replay)


def replay(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="An id, its beginning, last or last-2.")] = "last",
    speed: Annotated[
        float | None, typer.Option("--speed", metavar="X", min=0.01, help="Times the real pace. [default: 20 s in all]")
    ] = None,
    instant: Annotated[bool, typer.Option("--instant", help="All at once, as where no terminal is.")] = False,
    as_json: Json = False,
) -> None:
    """Show a run once more, its events as they came.

    In the form of a live run; nothing is done. On a terminal at a pace that takes about 20 seconds, else at once.

    Example:  skylift replay last --speed 10
    """
    from skylift.cli.run import DONE, guarded

    def body() -> int:
        from skylift.cli.console import interactive, output
        from skylift.cli.views.history_replay import Player, choose, compressed, result
        from skylift.journal import read_run

        record = read_run(run)
        watched = interactive() and not as_json
        length = record.events[-1].offset if record.events else 0.0
        pace = 0.0 if instant else speed or (compressed(length) if watched else 0.0)
        player = Player(record, pace)
        with choose(player, as_json=as_json, watched=watched) as view:
            events = player.play(view)
        if not as_json:
            result(output(), record.summary.verb, events)
        return DONE

    raise typer.Exit(guarded(body, as_json=as_json))
