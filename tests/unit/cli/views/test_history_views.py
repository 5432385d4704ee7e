"""The views of the journal: the list, one run, a page, a comparison, a replay."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console
from tests.unit.history_runs import API, DB, FIRST, desired, op, record

from skylift.app.compare_runs import compare
from skylift.app.history import Entry, entry_of, history
from skylift.app.timeline import Timeline, of_record, read
from skylift.cli.views import history as list_view
from skylift.cli.views import history_run, run_diff, timeline
from skylift.cli.views.history_replay import ABOUT, Player, compressed
from skylift.cli.views.human import HumanView
from skylift.cli.views.timeline_html import page
from skylift.journal import find_run, read_run

NOW = 1.8e9 + 3600


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let local time be the same everywhere."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def printed(show: Callable[[Console], None], width: int = 100, *, terminal: bool = True) -> list[str]:
    """Return the lines that ``show`` prints, without the blanks at their ends."""
    text = io.StringIO()
    console = Console(file=text, width=width, highlight=False, force_terminal=terminal, color_system=None)
    show(console)
    return [line.rstrip() for line in text.getvalue().splitlines()]


def shown(folder: Path, reference: str = "last") -> tuple[Entry, Timeline]:
    return entry_of(find_run(reference, folder), folder), of_record(read_run(reference, folder))


def test_the_list_has_a_line_a_run_by_day(tmp_path: Path) -> None:
    old = record(tmp_path, start=1.8e9 - 86400 * 9, settings={"debug": "no"})
    bad = record(tmp_path, end="failed", failing=f"container.ready:{API}", settings={"debug": "no"})
    user = f"{find_run(old.id, tmp_path).user:<6}"
    lines = printed(lambda console: list_view.show(console, history(journal=tmp_path), None, NOW), 200)
    changes = "mariadb: 1 created · nova: 1 created · 1 job"
    failure = "A container ended that should keep running (nova_api)"
    assert lines == [
        "Today",
        f"  ✗ {bad.id}  up    08:00  1 h ago          6.0 s  {user}  {failure}  planned: {changes}",
        "Wednesday 6 January",
        f"  ✓ {old.id}  up    08:00  9 days ago       6.0 s  {user}  {changes}",
    ]


def test_a_narrow_list_has_a_line_more_for_what_changed(tmp_path: Path) -> None:
    record(tmp_path)
    record(tmp_path, start=1.8e9 + 60, cloud="second", end="")
    lines = printed(lambda console: list_view.show(console, history(journal=tmp_path), None, NOW), 80)
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].endswith("second")
    assert lines[2].startswith("    cut off")
    assert lines[4] == "    mariadb: 1 created · nova: 1 created · 1 job"


def test_an_empty_list_says_how_to_begin(tmp_path: Path) -> None:
    assert printed(lambda console: list_view.show(console, history(journal=tmp_path), None, NOW)) == [
        "No run is recorded yet. The first one is made by  skylift up"
    ]
    record(tmp_path)
    assert printed(lambda console: list_view.show(console, history("other", journal=tmp_path), "other", NOW)) == [
        "No run of cloud other is recorded. The journal has runs of skylift."
    ]


def test_what_is_left_out_of_the_list_is_counted(tmp_path: Path) -> None:
    for number in range(3):
        record(tmp_path, start=1.8e9 + number, operations=())
    lines = printed(lambda console: list_view.show(console, history(limit=1, journal=tmp_path), None, NOW))
    assert lines[-1] == "2 older: skylift history --limit 3"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (NOW, "Today"),
        (NOW - 86400, "Yesterday"),
        (NOW - 3 * 86400, "Tuesday 12 January"),
        (NOW - 30 * 86400, "Wednesday 16 December 2026"),
    ],
)
def test_days_are_named(moment: float, day: str) -> None:
    assert list_view.day_of(moment, NOW) == day


def test_a_run_is_shown_with_its_chart(tmp_path: Path) -> None:
    run = record(tmp_path)
    lines = printed(lambda console: history_run.show(console, *shown(tmp_path), NOW), 120)
    assert lines[0] == f"✓ skylift up  {run.id}  6.0 s  ok"
    assert lines[2] == "  mariadb: 1 created · nova: 1 created · 1 job"
    assert "Critical path   2.0 s of 6.0 s, 33 % of the run" in lines
    assert lines[lines.index("Slowest steps") + 1].split()[:4] == ["1.0", "s", "create", "mariadb"]


def test_a_chart_is_to_scale_and_shows_the_critical_path_in_full_height(tmp_path: Path) -> None:
    record(tmp_path)
    # Of 84 columns 60 are for 6 seconds.
    assert [line.plain for line in timeline.chart(shown(tmp_path)[1], 84)] == [
        "      apply " + "━" * 60 + " 6.0 s",
        "            ╷0 s                ╷2 s                ╷4 s                ╷6 s",
        "    mariadb " + "━" * 20 + " 2.0 s",
        "nova_schema " + " " * 20 + "━" * 20 + " 2.0 s",
        "   nova_api " + " " * 40 + "█" * 20 + " 2.0 s",
        "            ━━ create   ━━ until ready   ━━ job   ██ critical path",
    ]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_a_chart_keeps_to_its_width(tmp_path: Path, width: int) -> None:
    record(tmp_path, operations=(*FIRST, op("resource.ensure", "router/" + "x" * 80)))
    chart = list(timeline.chart(shown(tmp_path)[1], width))
    assert max(len(line.plain) for line in chart) <= width


def test_a_long_chart_leaves_out_what_matters_little() -> None:
    events = [
        {
            "t": float(number),
            "kind": kind,
            "step": f"s{number}",
            "action": "proof",
            "target": f"p{number}",
            "state": "ok",
        }
        for number in range(60)
        for kind in ("step-started", "step-finished")
    ]
    long = [{"t": 60.0, "kind": "step-started", "step": "x", "action": "proof", "target": "long"},
            {"t": 160.0, "kind": "step-finished", "step": "x", "state": "ok"}]  # fmt: skip
    line = read([*events, *long])
    lines = [text.plain.strip() for text in timeline.chart(line, 80)]
    assert "60 rows of less than 1.6 s: --all" in lines
    assert len(list(timeline.chart(line, 80, everything=True))) > 60


def test_parts_of_a_cell_are_told_apart() -> None:
    cells = timeline._cells([(0, 1, "red", False), (1, 2.5, "blue", True)], 4.0, 4)
    assert cells.plain == "━█▌ "
    assert [span.style for span in cells.spans] == ["red", "blue", "blue"]


def test_a_failed_run_shows_the_evidence_once(tmp_path: Path) -> None:
    record(tmp_path, end="failed", failing=f"container.ready:{API}")
    lines = printed(lambda console: history_run.show(console, *shown(tmp_path), NOW))
    text = "\n".join(lines)
    assert "✗ nova_api until ready   at 5.0 s, after 1.0 s" in text
    assert text.count("| no such host") == 1
    assert text.count("fix    skylift logs nova_api") == 1


def test_a_run_that_was_cut_off_says_what_ran(tmp_path: Path) -> None:
    run = record(tmp_path, end="")
    path = run.folder / "events.jsonl"
    lines = path.read_text().splitlines()
    last = max(number for number, line in enumerate(lines) if '"step-finished"' in line)
    path.write_text("\n".join(lines[:last]) + "\n{torn")
    shown_lines = printed(lambda console: history_run.show(console, *shown(tmp_path), NOW))
    assert "  ✂ cut off while it ran: nova_api (until ready)" in shown_lines


class Page(HTMLParser):
    """Collects what would be fetched, and checks that each element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_alone(tmp_path: Path) -> None:
    record(tmp_path, end="failed", failing=f"container.ready:{API}", settings={"a<b": "<script>"})
    entry, line = shown(tmp_path)
    written = page(entry, line, read_run("last", tmp_path).plan, {"a<b": "<script>"})
    parsed = Page()
    parsed.feed(written)
    assert parsed.open == []
    assert parsed.fetched == []
    assert "script" not in re.findall(r"<(\w+)", written)
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", written)
    for text in ("| no such host", "33% of the run", "container.create", "<script>", "until ready"):
        assert text in parsed.text


def test_a_comparison_shows_old_and_new(tmp_path: Path) -> None:
    config = tmp_path / "etc"
    config.mkdir()
    (config / "globals.yml").write_text("debug: no\n")
    first = record(tmp_path, config=config, desired=desired("[libvirt]\nvirt_type = qemu\n"), settings={"debug": "no"})
    (config / "globals.yml").write_text("debug: yes\n")
    after = desired("[libvirt]\nvirt_type = kvm\n", settings={"debug": ""})
    second = record(tmp_path, start=1.8e9 + 60, config=config, desired=after, settings={"debug": "yes"})
    lines = printed(lambda console: run_diff.show(console, compare("last", journal=tmp_path), NOW))
    assert lines[0].startswith(f"- {first.id}  up  Today 08:00:00")
    assert lines[1].startswith(f"+ {second.id}  up  Today 08:01:00")
    assert lines[2:] == [
        "",
        "Settings",
        "  ~ debug  no → (empty)",
        "",
        "Your files",
        "  ~ globals.yml",
        "    @@ -1 +1 @@",
        "    -debug: no",
        "    +debug: yes",
        "",
        "Rendered files",
        "  ~ /etc/nova.conf  in nova_api, nova_scheduler",
        "    @@ -1,2 +1,2 @@",
        "     [libvirt]",
        "    -virt_type = qemu",
        "    +virt_type = kvm",
    ]


def test_no_difference_is_said(tmp_path: Path) -> None:
    run = record(tmp_path, desired=desired(), config=tmp_path)
    lines = printed(lambda console: run_diff.show(console, compare(run.id, run.id, tmp_path), NOW))
    assert lines[-1] == "There is no difference."


def test_a_replay_keeps_the_pace_and_the_durations(tmp_path: Path) -> None:
    record(tmp_path)
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    player = Player(read_run("last", tmp_path), 2.0, ticks=lambda: now[0], sleep=sleep)
    text = io.StringIO()
    view = HumanView(Console(file=text, width=100, highlight=False), player.clock, motion=False)
    played = player.play(view)
    assert sum(slept) == pytest.approx(3.0)
    assert [line.split()[:5] for line in text.getvalue().splitlines()] == [
        ["✓", "container", "mariadb", "2.0", "s"],
        ["✓", "job", "nova_schema", "2.0", "s"],
        ["✓", "container", "nova_api", "2.0", "s"],
        ["●", "apply", "6.0", "s"],
    ]
    assert len(played) == 5 + 2 * len(FIRST)


def test_a_replay_at_once_does_not_sleep_and_tells_the_recorded_time(tmp_path: Path) -> None:
    record(tmp_path, end="")

    def sleep(_: float) -> None:
        raise AssertionError("a replay at once slept")

    from skylift.cli.views.plain import PlainView

    player, text = Player(read_run("last", tmp_path), 0.0, sleep=sleep), io.StringIO()
    player.play(PlainView(text, player.stamp, player.clock))
    lines = text.getvalue().splitlines()
    assert lines[1] == "08:00:02   container mariadb: ok in 2.0 s"
    assert lines[-1] == "08:00:06 warning: the record ends here: this run was cut off"


def test_long_runs_are_replayed_faster() -> None:
    assert compressed(5.0) == 1.0
    assert compressed(600.0) == 600.0 / ABOUT


def test_db_is_not_on_the_failed_list(tmp_path: Path) -> None:
    record(tmp_path, end="failed", failing=f"container.ready:{DB}")
    assert [bar.name for bar in shown(tmp_path)[1].failed] == ["mariadb"]
