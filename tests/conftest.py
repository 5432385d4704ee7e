"""Settings of all tests."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest
from hypothesis import settings

# How long an example takes on a busy machine says nothing about the code. Each run has others: many runs see more than
# one long one, and `make check` is to be run often. HYPOTHESIS_PROFILE=thorough looks longer.
settings.register_profile("skylift", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "skylift"))

EVERY = pytest.StashKey[frozenset[str]]()
"""Where the names of all collected tests are kept, also of those that are then left out."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the names before marks choose among them."""
    config.stash[EVERY] = with_and_without(item.nodeid for item in items)


def with_and_without(names: Iterable[str]) -> frozenset[str]:
    """Return the names of tests, and where they have parameters each with and without them."""
    every = frozenset(names)
    return every | {name.partition("[")[0] for name in every}
