"""``skylift images list|build|prune``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from skylift.cli.options import Config, Json

app = typer.Typer(
    help="List, build and prune the images.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="images")


@app.command("list")
def list_(config: Config = None, as_json: Json = False) -> None:
    """List the images on this machine.

    With size, age, whether a container uses them and whether their recipe is today's.

    Example:  skylift images list
    """
    from skylift.cli.run import DONE, run

    async def body(_: asyncio.Event) -> int:
        from skylift.app import image_list
        from skylift.app.workspace import Workspace
        from skylift.cli.views.images import show

        async with Workspace.open(config) as workspace:
            found = await image_list.listing(workspace)
        show(found, as_json=as_json)
        return DONE

    run(body, as_json=as_json)


@app.command()
def build(config: Config = None, as_json: Json = False) -> None:
    """Build what is missing, and change no container.

    Where globals.yml names a registry, images are pulled from it instead.

    Example:  skylift images build
    """
    from skylift.cli.run import DONE, run
    from skylift.cli.session import choose, shown

    async def body(stop: asyncio.Event) -> int:
        from skylift.app import image_list
        from skylift.app.workspace import Workspace
        from skylift.cli.views.images import entry, summary
        from skylift.model.event import RunResult

        async with Workspace.open(config) as workspace, shown(choose(as_json=as_json), stop) as view:
            found = await image_list.build(workspace, view, stop=stop)
            view(RunResult({"images": [entry(image) for image in found]}))
        if not as_json:
            from skylift.cli.console import output

            output().print(summary(found))
        return DONE

    run(body, as_json=as_json, graceful=True)


@app.command()
def prune(
    config: Config = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what today's recipes make.")] = False,
    as_json: Json = False,
) -> None:
    """Remove images that no container uses.

    Only those of old recipes, unless --all is given.

    Example:  skylift images prune
    """
    from skylift.cli.run import DONE, run

    async def body(_: asyncio.Event) -> int:
        from skylift.app import image_list
        from skylift.app.workspace import Workspace
        from skylift.cli.views.images import removed

        async with Workspace.open(config) as workspace:
            gone = await image_list.prune(workspace, everything=everything)
        removed(gone, as_json=as_json)
        return DONE

    run(body, as_json=as_json)
