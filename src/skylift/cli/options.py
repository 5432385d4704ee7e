"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="DIR",
        envvar="SKYLIFT_CONFIG",
        show_default=False,
        help="Folder of globals.yml and passwords.yml. [default: /etc/skylift as root]",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="SERVICE", help="Only this service, and what must go with it. May be repeated."),
]
Full = Annotated[bool, typer.Option("--full", help="Show all lines of each diff.")]
