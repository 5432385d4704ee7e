"""``skylift env``."""

from __future__ import annotations

import typer

from skylift.cli.options import Config, Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(env)


def env(config: Config = None, as_json: Json = False) -> None:
    """Print what makes other tools find this cloud.

    Shows paths, never the password.

    Example:  eval "$(skylift env)"
    """
    from skylift.cli.run import DONE, guarded

    def call() -> int:
        import shlex

        from skylift.app import access
        from skylift.settings.folder import config_dir

        found = access.find(config_dir(config))
        if as_json:
            from skylift.cli.views.json import document

            document(found.as_dict())
            return DONE
        typer.echo(f"# Administrator of {found.cloud} at {found.auth_url}. Files of mode 0600:")
        typer.echo(f"#   {found.clouds}   for openstack, Terraform, Ansible")
        typer.echo(f"#   {found.openrc}   to be sourced where a tool knows no clouds.yaml")
        for name, value in access.exports(found).items():
            typer.echo(f"export {name}={shlex.quote(value)}")
        return DONE

    raise typer.Exit(guarded(call, as_json=as_json))
