"""Time limits on a machine that is too busy to keep them."""

from __future__ import annotations

import asyncio
import time

import pytest

from skylift.observed.patient.patience import Patience


async def test_time_in_which_the_program_was_held_up_does_not_count() -> None:
    patience = Patience()
    with patience.beating():
        async with patience.limit(0.5):
            await asyncio.sleep(0.15)
            time.sleep(0.8)  # noqa: ASYNC251 - what holds it up
            await asyncio.sleep(0.1)
    assert 0.5 < patience.late < 2


async def test_time_in_which_nothing_answers_does() -> None:
    patience = Patience()
    with patience.beating(), pytest.raises(TimeoutError):
        async with patience.limit(0.3):
            await asyncio.sleep(5)


async def test_without_a_beat_limits_are_plain() -> None:
    with pytest.raises(TimeoutError):
        async with Patience().limit(0.05):
            await asyncio.sleep(1)
