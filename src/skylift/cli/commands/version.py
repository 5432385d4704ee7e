"""``skylift version``."""

from __future__ import annotations

import typer

from skylift.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(version)


def version(as_json: Json = False) -> None:
    """Show the versions of Skylift and OpenStack.

    Example:  skylift version --json
    """
    import platform

    from skylift import OPENSTACK_RELEASE, __version__

    found = {"skylift": __version__, "openstack": OPENSTACK_RELEASE, "python": platform.python_version()}
    if as_json:
        from skylift.cli.views.json import document

        document(found)
    else:
        typer.echo(f"Skylift {__version__}, OpenStack {OPENSTACK_RELEASE}, Python {found['python']}")
