"""Write docs/settings.md from the settings' models and the services' declarations.

usage: python scripts/gen_settings.py [--check]
--check writes nothing and fails when the page is out of date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from skylift import services
from skylift.settings.reference import page

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"


def main() -> int:
    """Return the exit code: 0, or 1 when --check finds the page out of date."""
    parser = argparse.ArgumentParser(description="Write docs/settings.md from the source.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is out of date")
    arguments = parser.parse_args()
    text = page(services.load())
    if not arguments.check:
        PAGE.write_text(text)
        return 0
    current = PAGE.exists() and PAGE.read_text() == text
    sys.stderr.write("" if current else "docs/settings.md is out of date: run python scripts/gen_settings.py\n")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
