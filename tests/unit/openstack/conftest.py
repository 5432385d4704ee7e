"""A fake cloud for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.openstack.fake_cloud import FakeCloud, running


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    """Run a fake cloud for one test."""
    with running() as fake:
        yield fake
