"""``skylift services``."""

from __future__ import annotations

import typer

from skylift.cli.options import Config, Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(services)


def services(config: Config = None, as_json: Json = False) -> None:
    """List the services: on or off, what each needs, adds and costs.

    Example:  skylift services
    """
    from skylift.cli.run import DONE, guarded

    def body() -> int:
        import asyncio

        from skylift.app.services import listed
        from skylift.settings import config_dir

        lines = asyncio.run(listed(config_dir(config)))
        if as_json:
            from skylift.cli.views.json import document

            document({"services": [line.as_dict() for line in lines]})
        else:
            from skylift.cli.console import output
            from skylift.cli.views.services import show

            show(output(), lines)
        return DONE

    raise typer.Exit(guarded(body, as_json=as_json))
