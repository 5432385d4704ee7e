"""Write docs/prechecks.md: python scripts/gen_prechecks.py"""

from pathlib import Path

from skylift.doctor.prechecks.reference import page

(Path(__file__).parent.parent / "docs/prechecks.md").write_text(page(), encoding="utf-8")
