"""A view for one run: chosen by who watches, shown while the run lasts, told when the run is being ended."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from typing import Protocol, Self

from skylift.cli.console import interactive, output
from skylift.model.event import Event, Notice


class View(Protocol):
    """A sink that can be shown, and paused for a question."""

    def __call__(self, event: Event) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def pause(self) -> AbstractContextManager[None]: ...


def choose(*, as_json: bool) -> View:
    """Return the view for JSON lines, for a terminal, or for a log."""
    if as_json:
        from skylift.cli.views.json import JsonView

        return JsonView()
    if interactive():
        from skylift.cli.views.human import HumanView

        return HumanView(output())
    from skylift.cli.views.plain import PlainView

    return PlainView()


@asynccontextmanager
async def shown(view: View, stop: asyncio.Event) -> AsyncIterator[View]:
    """Show ``view`` until the block ends; say so in it when ``stop`` is set."""

    async def tell() -> None:
        await stop.wait()
        view(Notice("finishing what runs; Ctrl-C again stops at once", "warning"))

    teller = asyncio.create_task(tell())
    try:
        with view:
            yield view
    finally:
        teller.cancel()
        with suppress(asyncio.CancelledError):
            await teller


class Quiet:
    """A view for commands that answer with a result: only warnings are shown, on standard error."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def pause(self) -> AbstractContextManager[None]:
        """Nothing moves."""
        return nullcontext()

    def __call__(self, event: Event) -> None:
        """Write a warning."""
        if isinstance(event, Notice) and event.level == "warning":
            where = f"{event.where}: " if event.where else ""
            sys.stderr.write(f"warning: {where}{event.text}\n")
