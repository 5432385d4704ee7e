"""What to expect of a plan, as text."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from skylift.cli.views import words
from skylift.model.plan import Outlook


def lines(outlook: Outlook) -> Iterator[Text]:
    """Yield how long it takes, what does not answer meanwhile, and what guests notice."""
    basis = "as in earlier runs" if outlook.known > 0.8 else "in part a guess: not all of it has run here before"
    yield Text.assemble(("takes about ", "dim"), words.seconds(outlook.seconds), (f", {basis}", "dim"))
    if outlook.interruptions:
        parts = [f"{one.what} {words.seconds(one.seconds)}" for one in outlook.interruptions]
        yield Text.assemble(("without, for about: ", "dim"), " · ".join(parts))
    elif not outlook.gone:
        yield Text("nothing that answers now is interrupted", "dim")
    if outlook.gone:
        yield Text.assemble(("no longer answers: ", "dim"), (" · ".join(outlook.gone), "yellow"))
    for guests in outlook.guests:
        yield Text.assemble(("guests: ", "dim"), (guests, "yellow"))
