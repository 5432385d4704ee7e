"""What a run ends with: the endpoints, the credentials, the address that answered, the time, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from skylift.cli.views import words
from skylift.model.proof import Report

WORTH_TELLING = 0.05
"""Seconds: what took less would be shown as 0.0 s."""


def show(
    console: Console,
    *,
    changed: int,
    endpoints: Mapping[str, str],
    credentials: Path,
    phases: Mapping[str, float],
    report: Report | None,
) -> None:
    """Print the summary of ``up``. ``endpoints`` maps service types to URLs, ``phases`` names to seconds."""
    console.print()
    if report is not None and not report.ok:
        console.print(Text("The cloud is deployed, but not all of it works.", "bold yellow"))
    else:
        console.print(changes(changed))
    for name, url in sorted(endpoints.items()):
        console.print(Text.assemble(f"  {name:<17}", (url, "cyan")))
    console.print(Text.assemble(("  credentials      ", "bold"), str(credentials), ("   (skylift env)", "dim")))
    if phases:
        spent = " · ".join(f"{name} {words.seconds(value)}" for name, value in phases.items() if value >= WORTH_TELLING)
        total = words.seconds(sum(phases.values()))
        console.print(Text.assemble(("  time             ", "bold"), f"{total}" + (f": {spent}" if spent else "")))
    if report is not None and report.address:
        console.print(Text.assemble(("  answered         ", "bold"), (report.address, "bold green")))
    console.print(Text("  next             skylift openstack server list · skylift status", "dim"))


def changes(changed: int) -> Text:
    """Return what a run did: the number of operations, or that nothing was to be done."""
    if changed == 0:
        return Text("Nothing to do: the cloud is as the settings say.", "bold green")
    return Text(f"The cloud is up: {words.count(changed, 'operation')} carried out.", "bold green")
