"""Write the table of rules in docs/explain.md from the rules themselves.

usage: python scripts/gen_rules.py [--check]
--check writes nothing and fails when the page is out of date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from skylift.doctor.rule import Rule
from skylift.doctor.rulebook import load

PAGE = Path(__file__).parent.parent / "docs" / "explain.md"
MARK = "<!-- From here on made by scripts/gen_rules.py. -->\n"
HEADER = "\n| code | | what is wrong | follows from | rows | known from |\n|---|---|---|---|---|---|\n"


def table(rules: tuple[Rule, ...]) -> str:
    """Return the rules as a table."""
    return HEADER + "".join(
        "| "
        + " | ".join(
            (
                f"`{rule.code}`",
                rule.severity + (", generic" if rule.generic else ""),
                _cell(rule.summary),
                ", ".join(f"`{code}`" for code in rule.follows_from),
                " ".join(rule.rows),
                _cell(rule.source),
            )
        )
        + " |\n"
        for rule in rules
    )


def page(old: str, rules: tuple[Rule, ...]) -> str:
    """Return the page: what was written by hand, up to the mark, and the table. Raises ValueError without a mark."""
    return old[: old.index(MARK)] + MARK + table(rules)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def main() -> int:
    """Return the exit code: 0, or 1 when --check finds the page out of date."""
    parser = argparse.ArgumentParser(description="Write the table of rules in docs/explain.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is out of date")
    arguments = parser.parse_args()
    old = PAGE.read_text(encoding="utf-8")
    new = page(old, load())
    if not arguments.check:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    sys.stderr.write("" if old == new else "docs/explain.md is out of date: run python scripts/gen_rules.py\n")
    return 0 if old == new else 1


if __name__ == "__main__":
    sys.exit(main())
