"""Run one command: signals, problems and exit codes in one place.

Exit codes: 0 done, 1 failed, 2 changes pending (``plan``), 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import typer

from skylift.model.problem import Problem

if TYPE_CHECKING:
    import asyncio

DONE, FAILED, PENDING, INTERRUPTED = 0, 1, 2, 130
LAST_GRACE = 5.0
"""Seconds that a second Ctrl-C gives to what cannot be cancelled (a thread in a request), then the process ends."""

Body = Callable[["asyncio.Event"], Coroutine[Any, Any, int]]


def run(body: Body, *, as_json: bool = False, graceful: bool = False) -> None:
    """Run ``body`` and end the command with the code it returns.

    ``body`` is given an event that the first Ctrl-C sets when ``graceful``; then it finishes what runs. Otherwise,
    and at the second, it is cancelled. Raises typer.Exit always.
    """
    raise typer.Exit(guarded(lambda: _in_loop(body, graceful), as_json=as_json))


def guarded(call: Callable[[], int], *, as_json: bool = False) -> int:
    """Return what ``call`` returns, or the exit code of the problem, interruption or bug that ended it."""
    import asyncio

    try:
        return call()
    except Problem as problem:
        report(problem, as_json=as_json)
        return INTERRUPTED if problem.code == "interrupted" else FAILED
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write("\nInterrupted.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (skylift logs … | head): no failure, and nothing may be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        report(_bug(error), as_json=as_json)
        return FAILED


def report(problem: Problem, *, as_json: bool) -> None:
    """Write a problem to standard error."""
    if as_json:
        from skylift.cli.views.json import document, problem_dict

        document(problem_dict(problem), sys.stderr)
        return
    from skylift.cli.console import errors
    from skylift.cli.views import problems

    problems.show(errors(), problem)


def _in_loop(body: Body, graceful: bool) -> int:
    import asyncio

    async def main() -> int:
        stop, task, loop = asyncio.Event(), asyncio.current_task(), asyncio.get_running_loop()

        def pressed() -> None:
            if graceful and not stop.is_set():
                stop.set()
            elif task is not None and not task.cancelling():
                task.cancel()
                loop.call_later(LAST_GRACE, _leave)
            else:
                _leave()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, pressed)
        return await body(stop)

    return asyncio.run(main())


def _leave() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\x1b[?25h")  # a live display hides the cursor
        sys.stderr.flush()
    os._exit(INTERRUPTED)


def _bug(error: Exception) -> Problem:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="skylift-bug-", suffix=".txt", delete=False) as file:
        traceback.print_exception(error, file=file)
    return Problem(
        code="bug",
        summary="This is a bug in Skylift",
        detail=f"{type(error).__name__}: {error}",
        fix=f"Report it with {file.name}, which 'skylift report' takes along.\n"
        "The cloud is as it was left: 'skylift plan' shows what is missing.",
    )
