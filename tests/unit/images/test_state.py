from skylift.engines.images import ImageState
from skylift.images.state import FAMILY, KEY, NAME, listed, removable


def image(image_id: str, key: str, name: str = "", tag: str = "") -> ImageState:
    labels = {KEY: key, FAMILY: "infra", **({NAME: name} if name else {})}
    return ImageState(image_id, (tag,) if tag else (), labels=labels, size=10, created=1.0)


FOUND = (
    image("4", "now", "rabbitmq", "skylift/rabbitmq:x"),
    image("1", "family-now", tag="skylift-build/infra:f"),
    image("2", "old", "rabbitmq"),
    image("3", "older", "rabbitmq"),
)
CURRENT = frozenset({"now", "family-now"})


def test_families_come_first_then_names_with_the_current_one_first() -> None:
    rows = listed(FOUND, frozenset({"4"}), CURRENT)
    assert [row.image_id for row in rows] == ["1", "4", "2", "3"]
    assert [(row.current, row.used) for row in rows[:2]] == [(True, False), (True, True)]


def test_what_is_old_and_unused_can_go() -> None:
    rows = listed(FOUND, frozenset({"3"}), CURRENT)
    assert [row.image_id for row in removable(rows, everything=False)] == ["2"]


def test_everything_means_all_but_what_is_used_names_first() -> None:
    rows = listed(FOUND, frozenset({"3"}), CURRENT)
    assert [row.image_id for row in removable(rows, everything=True)] == ["4", "2", "1"]
