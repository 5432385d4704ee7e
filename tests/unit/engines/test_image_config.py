import json

from hypothesis import given
from hypothesis import strategies as st

from skylift.engines.images import ImageConfig


def test_a_configuration_becomes_one_instruction_a_line() -> None:
    config = ImageConfig("nova", ("init", "--"), ("start",), (("A", "b c"),), (("x.y", 'quo"te'),))
    assert config.changes() == [
        'ENV A="b c"',
        'LABEL "x.y"="quo\\"te"',
        "USER nova",
        'ENTRYPOINT ["init", "--"]',
        'CMD ["start"]',
    ]


def test_an_empty_configuration_changes_nothing() -> None:
    assert ImageConfig().changes() == []


@given(st.text(), st.text())
def test_no_value_can_begin_an_instruction_of_its_own(key: str, value: str) -> None:
    lines = ImageConfig(labels=((key, value),), command=(value,)).changes()
    assert len(lines) == 2
    assert all("\n" not in line for line in lines)
    assert json.loads(lines[1].removeprefix("CMD ")) == [value]
