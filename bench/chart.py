"""Draw a run as a Gantt chart (SVG): what ran when, what everything waited for, and where the time went.

    python bench/chart.py [RUN] [--output FILE]      RUN: an id of 'skylift history', or 'last'

The chain of operations that decided the length of the run is outlined. 'skylift show RUN --svg FILE' draws the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from skylift.app.timeline import of_record
from skylift.cli.views import words
from skylift.cli.views.timeline_svg import draw
from skylift.journal import read_run


def main(arguments: Sequence[str]) -> int:
    """Draw one run; print the path of the picture and the longest chain."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", default="last")
    parser.add_argument("--output", type=Path, default=Path("build/chart.svg"))
    options = parser.parse_args(arguments)
    record = read_run(options.run)
    timeline = of_record(record)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(draw(timeline, f"skylift {record.summary.verb}: {words.seconds(timeline.length)}"))
    sys.stdout.write(f"{options.output}\n")
    for bar in timeline.chain:
        sys.stdout.write(f"  {bar.begin:7.1f} s  {bar.seconds:6.1f} s  {bar.step}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
