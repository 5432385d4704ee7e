"""Which passwords keystone hashes cheaply: those that are too long to be guessed, because they were made here."""

from __future__ import annotations

import re

from skylift.services.keystone.service import SERVICE
from skylift.settings.generate import word

SCRIPT = (SERVICE.folder / "golden" / "bootstrap.py").read_text()


def generated() -> re.Pattern[str]:
    found = re.search(r'^GENERATED = re\.compile\("(.+)"\)$', SCRIPT, re.MULTILINE)
    assert found
    return re.compile(found[1])


def test_passwords_made_here_take_few_rounds() -> None:
    assert all(generated().fullmatch(word()) for _ in range(200))


def test_passwords_of_somebodys_own_take_all() -> None:
    for own in ("secret", "correct-horse-battery-staple-and-39-more!", "a" * 39, "a" * 41, word() + " "):
        assert not generated().fullmatch(own)
