"""docs/settings.md says what the models say."""

from __future__ import annotations

from pathlib import Path

from skylift import services
from skylift.settings.keys import Globals
from skylift.settings.reference import page

ROOT = Path(__file__).parents[3]


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/settings.md").read_text() == page(services.load()), "run python scripts/gen_settings.py"


def test_every_key_is_on_the_page_with_a_description() -> None:
    text = page(())
    for key, info in Globals.model_fields.items():
        assert f"| `{key}` |" in text
        assert info.description
        assert info.description.endswith(".")
