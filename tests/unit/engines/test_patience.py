from collections.abc import Awaitable, Callable

import pytest

from skylift.engines import patience
from skylift.engines.patience import appears, vanishes


def answers(*values: str | None) -> Callable[[], Awaitable[str | None]]:
    """Return a function that gives one value after another, and the last for ever."""
    left = list(values)

    async def look() -> str | None:
        return left.pop(0) if len(left) > 1 else left[0]

    return look


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0.001)


async def test_what_comes_is_waited_for() -> None:
    assert await appears(answers(None, None, "it"), 1.0) == "it"


async def test_what_never_comes_is_given_up() -> None:
    assert await appears(answers(None), 0.01) is None


async def test_what_goes_is_waited_for() -> None:
    assert await vanishes(answers("it", "it", None), 1.0) is None


async def test_what_stays_is_told() -> None:
    assert await vanishes(answers("it"), 0.01) == "it"
