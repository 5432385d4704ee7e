"""Ask before a change. Where nobody can answer, refuse instead of guessing."""

from __future__ import annotations

import signal
import sys

from skylift.model.problem import Problem


def sure(question: str, *, as_json: bool = False) -> bool:
    """Ask on the terminal; only ``y`` or ``yes`` is a yes. Ctrl-C and end of input are a no.

    Raises Problem ``needs-yes`` where standard input is no terminal.
    """
    if as_json or not sys.stdin.isatty():
        raise Problem(
            code="needs-yes",
            summary="This changes the cloud and nobody is there to be asked",
            detail="Standard input is no terminal." if not as_json else "With --json no question is asked.",
            fix="Repeat the command with --yes.",
        )
    # The event loop has taken over Ctrl-C; while it waits for an answer here it could not act on it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return False
    finally:
        signal.signal(signal.SIGINT, before)
