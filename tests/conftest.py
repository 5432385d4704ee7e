"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes on a busy machine says nothing about the code.
settings.register_profile("skylift", deadline=None)
settings.load_profile("skylift")
