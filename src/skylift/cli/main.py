"""The command line. ``skylift --help`` must be quick: nothing of a use case is imported here."""

from __future__ import annotations

import gc
import sys

import typer

from skylift.cli.commands import (
    apply,
    check,
    diff,
    disable,
    doctor,
    down,
    enable,
    env,
    explain,
    history,
    images,
    logs,
    openstack,
    plan,
    replay,
    report,
    rollback,
    rotate,
    services,
    show,
    status,
    unset,
    up,
    verify,
    version,
)
from skylift.cli.commands import exec as exec_
from skylift.cli.commands import set as set_

app = typer.Typer(
    name="skylift",
    help="A working OpenStack on your own machine, from one command to an address that answers.\n\n"
    "Begin with:  skylift up",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

for command in (up, plan, apply, verify, status, check, doctor, explain, report, down):
    command.register(app)
for command in (services, enable, disable, set_, unset, rotate):
    command.register(app)
for command in (history, show, diff, replay, rollback):
    command.register(app)
for command in (openstack, exec_, logs, env, images):
    command.register(app)
version.register(app)


COLLECT = (200_000, 50, 1000)
"""How seldom garbage is looked for: a command keeps nearly all it makes until it ends, and looking through a large
cloud's containers again and again would be half of planning it."""


def main() -> None:
    """Entry point of the ``skylift`` command."""
    gc.set_threshold(*COLLECT)
    # A file name or a log line of any encoding must not end the program that shows it.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        code = 130
    except typer.BadParameter.__base__ as error:  # type: ignore[misc] # any error in the words themselves
        error.show()
        # Not 2, which programs would send for one: that is what plan answers when changes are pending.
        code = 1
    sys.exit(code or 0)
