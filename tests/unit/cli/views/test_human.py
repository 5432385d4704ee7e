"""The view for a terminal: what scrolls up and what stays below."""

from __future__ import annotations

import io

from rich.console import Console

from skylift.cli.views.human import HumanView
from skylift.model.event import Event, PhaseFinished, PhaseStarted, StepFinished, StepStarted

Recording = list[tuple[float, Event]]


class Played:
    """A view that was shown a recording."""

    def __init__(self, recording: Recording, width: int = 100, *, colour: bool = False) -> None:
        self.now = 0.0
        self.text = io.StringIO()
        self.console = Console(
            file=self.text,
            width=width,
            highlight=False,
            force_terminal=colour,
            color_system="standard" if colour else None,
        )
        self.view = HumanView(self.console, lambda: self.now, motion=False)
        for self.now, event in recording:
            self.view(event)

    @property
    def lines(self) -> list[str]:
        """What was printed, without the blanks that fill a line."""
        return [line.rstrip() for line in self.text.getvalue().splitlines()]

    def below(self, now: float) -> list[str]:
        """What would move below the lines at this moment."""
        self.now = now
        self.text.truncate(0)
        self.text.seek(0)
        self.console.print(self.view.below())
        return self.lines


def test_finished_work_is_one_line_each(good_run: Recording) -> None:
    assert Played(good_run).lines == [
        "  ! globals.yml:3: enable_haproxy has no effect here",
        "● images                                         0.4 s  27 images are there",
        "  ✓ volume    2 volumes                          0.2 s",
        "  ✓ container mariadb                            3.0 s",
        "  ✓ container nova_api                            11 s  made anew: nova.conf changed",
        "● apply                                           14 s",
    ]


def test_a_failure_and_what_it_blocked_are_a_line_each(failed_run: Recording) -> None:
    assert Played(failed_run).lines[3:] == [
        "  ✗ container mariadb                            3.0 s  A container ended that should keep running",
        "  ■ 1 not begun, for what they need failed: nova_api",
        "✗ apply                                          3.5 s",
    ]


def test_what_runs_and_what_waits_stays_below(halfway: Recording) -> None:
    assert Played(halfway).below(7.5) == [
        "● apply ━━━━━━━━━━━━━━━                3/6 7.0 s",
        "  ⠦ container mariadb                        start    6.0 s  waits for port 3306",
        "  · container nova_api                       waits for mariadb",
    ]


def test_nothing_is_below_when_the_run_has_ended(good_run: Recording) -> None:
    assert Played(good_run).below(20.0) == []


def test_a_narrow_terminal_cuts_rows_instead_of_folding_them(halfway: Recording) -> None:
    assert all(len(line) <= 40 for line in Played(halfway, width=40).below(7.5))
    assert len(Played(halfway, width=40).below(7.5)) == 3


def test_a_long_remark_is_cut_and_a_long_failure_is_not(good_run: Recording, failed_run: Recording) -> None:
    assert Played(good_run, width=60).lines[5] == "  ✓ container nova_api                            11 s  mad…"
    assert "should keep running" in " ".join(Played(failed_run, width=60).lines[3:7])


def test_marks_have_colour_on_a_terminal(failed_run: Recording) -> None:
    text = Played(failed_run, colour=True).text.getvalue()
    assert "\x1b[1;31m✗\x1b[0m" in text


def test_proofs_say_what_was_seen_and_those_left_out_are_named() -> None:
    problem = {"code": "proof-failed", "summary": "A proof did not hold"}
    recording: Recording = [
        (0.0, PhaseStarted("verify")),
        (0.0, StepStarted("token", "proof", "a token")),
        (0.5, StepFinished("token", "ok", 0.5, "4 kB")),
        (0.5, StepStarted("image", "proof", "image upload and download")),
        (2.5, StepFinished("image", "failed", 2.0, "expected 200; seen: 503\nlog line", problem)),
        (2.5, StepFinished("guests", "blocked", 0.0, "image did not hold")),
        (2.5, PhaseFinished("verify", 2.5)),
    ]
    assert Played(recording).lines == [
        "  ✓ proof     a token                            0.5 s  4 kB",
        "  ✗ proof     image upload and download          2.0 s  expected 200; seen: 503",
        "  ■ 1 not begun, for what they need failed: guests",
        "✗ verify                                         2.5 s",
    ]
