"""``skylift openstack …``."""

from __future__ import annotations

import os

import typer

from skylift.cli.options import Config

PASS_ON = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "allow_interspersed_args": False,
    "help_option_names": [],
}
"""All that follows the first word belongs to the command that is called, options and ``--help`` as well."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(context_settings=PASS_ON)(openstack)


def openstack(context: typer.Context, config: Config = None) -> None:
    """Call the official OpenStack client.

    As the cloud's administrator, in the version of this release; its exit code is passed on.

    Example:  skylift openstack server list
    """
    if context.args[:1] in (["--help"], ["-h"]):
        typer.echo(context.get_help())
        return
    from skylift.cli.run import guarded

    def call() -> int:
        from skylift.app import access
        from skylift.settings.folder import config_dir

        command, environment = access.client(access.find(config_dir(config)), context.args, os.environ)
        # In place of this process: signals, terminal and exit code are the client's own.
        os.execve(command[0], command, environment)  # noqa: S606 - an argument list, no shell

    raise typer.Exit(guarded(call))
