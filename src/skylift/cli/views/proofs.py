"""The proofs of ``verify``: one line and a duration each."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from skylift.cli.views import words
from skylift.model.proof import ProofResult, Report


def show(console: Console, report: Report) -> None:
    """Print every proof and the verdict."""
    for check in report.checks:
        console.print(line(check))
    console.print(verdict(report))


def line(check: ProofResult) -> Text:
    """Return mark, name, duration and what was seen."""
    mark, style = ("✓", "green") if check.ok else ("✗", "bold red")
    text = Text.assemble("  ", (mark, style), f" {check.name:<40}", (f"{words.seconds(check.seconds):>10}", "dim"))
    seen = check.detail.partition("\n")[0]
    return text.append(f"  {seen}", "dim" if check.ok else style) if seen else text


def show_failures(console: Console, report: Report) -> None:
    """Print all that is known of each failed proof, and the verdict."""
    for check in report.checks:
        if not check.ok:
            console.print(Text(f"✗ {check.name}", "bold red"))
            for text in check.detail.splitlines():
                console.print(Text(f"  {text}"))
    console.print(verdict(report))


def verdict(report: Report) -> Text:
    """Return the last line: the address that answered, or how many proofs failed."""
    total = sum(check.seconds for check in report.checks)
    if report.ok:
        answer = f"; {report.address} answers" if report.address else ""
        return Text(f"All {len(report.checks)} proofs hold in {words.seconds(total)}{answer}", "bold green")
    failed = [check.name for check in report.checks if not check.ok]
    if not report.checks:
        return Text("No proof was tried", "bold red")
    return Text(f"{len(failed)} of {len(report.checks)} proofs failed: {', '.join(failed)}", "bold red")
