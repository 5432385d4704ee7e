"""The status of a cloud: trouble first, then what it is, then what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from skylift.cli.views import words

if TYPE_CHECKING:
    from skylift.app.status import ContainerLine, ServiceLine, Status

STATES = {"on": "green", "off": "dim", "available": "dim"}


def show(console: Console, status: Status) -> None:
    """Print the status."""
    console.print(_headline(status))
    if status.deployed:
        for label, value, why in (
            ("guests run with", status.virtualisation, status.virtualisation_why),
            ("network datapath", status.datapath, status.datapath_why),
            ("guest disks", status.guest_disks, ""),
            ("engine", status.engine, ""),
            *((line.name, line.report, "") for line in status.services if line.report and line.well),
        ):
            if value:
                console.print(Text.assemble((f"  {label:<18}", "dim"), value, (f"  ({why})" if why else "", "dim")))
        for node in status.nodes:
            style = "green" if node.status == "running" else "bold red"
            console.print(
                Text.assemble(
                    (f"  {node.name:<18}", "dim"), (node.status, style),
                    f"  internal {node.internal}  external {node.external}  tunnel {node.tunnel}",
                )
            )  # fmt: skip
    for line in status.services:
        if not line.well:
            console.print(Text.assemble((f"  {line.name:<18}", "dim"), (line.report, "bold red")))
    bad = [line for line in status.containers if line.bad]
    if bad:
        console.print(Text("\nin trouble", "bold red"))
        _containers(console, bad)
    console.print(Text("\nservices", "bold"))
    _services(console, status.services)
    if status.endpoints:
        console.print(Text("\nendpoints", "bold"))
        for kind, url in sorted(status.endpoints.items()):
            console.print(Text.assemble(f"  {kind:<18}", (url, "cyan")))
    good = [line for line in status.containers if not line.bad and line.kind != "job"]
    if good:
        console.print(Text("\ncontainers", "bold"))
        _containers(console, good)
        done = sum(line.kind == "job" and not line.bad for line in status.containers)
        if done:
            console.print(Text(f"  and {words.count(done, 'finished job')}", "dim"))


def _headline(status: Status) -> Text:
    name = f" {status.release_name}" if status.release_name else ""
    text = Text.assemble((f"{status.cloud}", "bold"), f"  OpenStack {status.release}{name}, Skylift {status.skylift}  ")
    if not status.deployed:
        return text.append("not deployed: skylift up", "yellow")
    if status.healthy:
        return text.append("healthy", "bold green")
    bad = sum(line.bad for line in status.containers)
    parts = [f"{words.count(bad, 'container')} in trouble"] if bad else []
    if status.api != "answers":
        parts.append(f"API: {status.api}")
    parts += [f"{line.name} is not well" for line in status.services if not line.well]
    return text.append(", ".join(parts), "bold red")


def _services(console: Console, services: tuple[ServiceLine, ...]) -> None:
    table = _table()
    order = {"on": 0, "available": 1, "off": 2}
    for line in sorted(services, key=lambda line: (order[line.state], line.name)):
        runs = f"{line.running}/{line.containers} run" if line.containers else ""
        absent = line.state == "on" and not line.containers
        style = "yellow" if absent else STATES[line.state] if line.running == line.containers else "bold red"
        hint = f"{line.switch}: yes" if line.state != "on" and line.switch else line.title
        state = "not deployed" if absent else line.state
        table.add_row(f"  {line.name}", Text(state, style), line.version, runs, Text(hint, "dim"))
    console.print(table)


def _containers(console: Console, lines: list[ContainerLine]) -> None:
    table = _table()
    for line in lines:
        state = line.status if line.exit_code is None else f"{line.status} ({line.exit_code})"
        verb = "ago" if line.status in ("exited", "dead") else ""
        restarts = words.count(line.restarts, "restart") if line.restarts else ""
        table.add_row(
            f"  {line.name}",
            Text(state, "bold red" if line.bad else "green"),
            Text(line.health, "bold red" if line.health == "unhealthy" else ""),
            f"{words.age(line.age)} {verb}".rstrip(),
            Text(restarts, "yellow"),
            Text(line.node, "dim"),
        )
    console.print(table)


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=28, no_wrap=True)
    return table
