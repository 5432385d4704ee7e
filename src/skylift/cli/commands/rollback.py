"""``skylift rollback RUN``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from skylift.cli.change import PlanOnly
from skylift.cli.options import Config, Json, Yes

if TYPE_CHECKING:
    from skylift.app.rollback import WayBack


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(rollback)


def rollback(
    run: Annotated[str, typer.Argument(metavar="RUN", help="An id, its beginning, last or last-2.")],
    plan: PlanOnly = False,
    config: Config = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Go back to the settings and images of an earlier run.

    Says first what cannot go back (schema migrations, data, passwords), then shows the files and the plan, and asks.
    globals.yml and overrides get the very text they had; what they say now is kept beside.

    Example:  skylift rollback last-1
    """
    from skylift.cli.run import DONE, FAILED, PENDING
    from skylift.cli.run import run as run_command
    from skylift.cli.session import choose, shown

    async def body(stop: asyncio.Event) -> int:
        from skylift.app import rollback as use_case
        from skylift.model.event import RunResult

        async with use_case.opened(run, config) as back:
            if plan:
                way = await back.propose()
                _show(way, as_json=as_json)
                return DONE if way.empty else PENDING
            async with shown(choose(as_json=as_json), stop) as view:

                def confirm(way: WayBack) -> bool:
                    with view.pause():
                        return _confirm(way, yes=yes, as_json=as_json)

                result = await back.carry_out(view, confirm, stop=stop)
                view(RunResult(result.as_dict()))
        if result.confirmed and not as_json:
            from skylift.cli.console import output
            from skylift.cli.views.history_rollback import result_lines

            for line in result_lines(result):
                output().print(line)
        return DONE if result.confirmed else FAILED

    run_command(body, as_json=as_json, graceful=True)


def _show(way: WayBack, *, as_json: bool) -> None:
    if as_json:
        from skylift.cli.views.json import document

        document(way.as_dict())
        return
    from skylift.cli.console import output
    from skylift.cli.views.history_rollback import show

    show(output(), way)


def _confirm(way: WayBack, *, yes: bool, as_json: bool) -> bool:
    from skylift.cli.ask import sure

    if not as_json:
        _show(way, as_json=False)
    return yes or sure("Go back?", as_json=as_json)
