"""Signals and exit codes, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

SCRIPT = """
import asyncio, sys, time, typer
from skylift.cli.run import run
from skylift.model.problem import Problem

which, seconds = sys.argv[1], float(sys.argv[2])

async def graceful(stop):
    print("ready", flush=True)
    await stop.wait()
    print("stopping", flush=True)
    await asyncio.sleep(seconds)
    print("journalled", flush=True)
    raise Problem("interrupted", "Stopped at your request")

async def plain(stop):
    print("ready", flush=True)
    await asyncio.sleep(seconds)
    return 0

async def deaf(stop):
    print("ready", flush=True)
    await asyncio.to_thread(time.sleep, seconds)
    return 0

async def chatty(stop):
    while True:
        print("y" * 100, flush=True)

try:
    run(globals()[which], graceful=which == "graceful")
except typer.Exit as end:
    sys.exit(end.exit_code)
"""


class Process:
    """A command that runs, and says when it is ready."""

    def __init__(self, which: str, seconds: float) -> None:
        command = [sys.executable, "-c", SCRIPT, which, str(seconds)]
        self.popen = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.popen.stdout is not None
        self.line = self.popen.stdout.readline
        assert self.line() == "ready\n"

    def press(self, number: int = signal.SIGINT) -> None:
        """Send a signal, as the terminal does."""
        self.popen.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        """Wait; return exit code, the rest of the output, and the errors."""
        out, err = self.popen.communicate(timeout=20)
        return self.popen.returncode, out, err


def test_the_first_ctrl_c_lets_what_runs_finish() -> None:
    process = Process("graceful", 0.2)
    process.press()
    code, out, err = process.end()
    assert (code, out) == (130, "stopping\njournalled\n")
    assert "Stopped at your request" in err


def test_the_second_ctrl_c_stops_at_once() -> None:
    process = Process("graceful", 30)
    process.press()
    assert process.line() == "stopping\n"
    begun = time.monotonic()
    process.press()
    code, out, _ = process.end()
    assert (code, out) == (130, "")
    assert time.monotonic() - begun < 5


def test_a_command_without_operations_stops_at_the_first() -> None:
    process = Process("plain", 30)
    process.press(signal.SIGTERM)
    code, _, err = process.end()
    assert (code, err) == (130, "\nInterrupted.\n")


def test_one_more_ctrl_c_ends_what_cannot_be_cancelled() -> None:
    process = Process("deaf", 30)
    begun = time.monotonic()
    process.press()
    time.sleep(0.3)
    process.press()
    assert process.end()[0] == 130
    assert time.monotonic() - begun < 5


def test_a_reader_that_leaves_is_no_failure() -> None:
    script = f"import sys; sys.argv = ['x', 'chatty', '0']\n{SCRIPT}"
    reading, writing = os.pipe()
    popen = subprocess.Popen([sys.executable, "-c", script], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert os.read(reading, 5) == b"yyyyy"
    os.close(reading)
    _, err = popen.communicate(timeout=20)
    assert (popen.returncode, err) == (0, "")
