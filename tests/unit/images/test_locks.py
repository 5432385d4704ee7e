import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.images.families import recipes_folder
from skylift.images.locks import Locked, merge, parse, render
from skylift.model.problem import Problem

SUM = "0123456789abcdef" * 4
names = st.text(string.ascii_lowercase + string.digits, min_size=2, max_size=12)
versions = st.text(string.ascii_letters + string.digits + ".:+~-", min_size=1, max_size=12)
packages = st.dictionaries(names, st.tuples(versions, st.integers(0, 2**256 - 1).map(lambda n: f"{n:064x}")))


@given(packages)
def test_a_lock_reads_back_as_written(content: dict[str, tuple[str, str]]) -> None:
    locked = {name: Locked(name, version, total) for name, (version, total) in content.items()}
    assert parse(render(locked)) == locked


def test_comments_and_empty_lines_do_not_count() -> None:
    assert parse(f"# words\n\nbash 5.2-1 {SUM}\n") == {"bash": Locked("bash", "5.2-1", SUM)}


@pytest.mark.parametrize(
    "line", ["bash", "bash 5.2", f"bash 5.2 {SUM} more", "bash 5.2 0123", f"BASH! 5.2 {SUM}", f"bash 5.2 {SUM.upper()}"]
)
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(f"dash 1 {SUM}\n{line}\n")
    assert caught.value.code == "lock-invalid"
    assert caught.value.where.endswith(":2")


def test_a_package_locked_twice_is_an_error_unless_equal() -> None:
    assert len(parse(f"bash 1 {SUM}\nbash 1 {SUM}\n")) == 1
    with pytest.raises(Problem):
        parse(f"bash 1 {SUM}\nbash 2 {SUM}\n")


def test_families_must_agree() -> None:
    one, two = {"bash": Locked("bash", "1", SUM)}, {"bash": Locked("bash", "2", SUM)}
    assert merge([one, {"dash": Locked("dash", "1", SUM)}, one]).keys() == {"bash", "dash"}
    with pytest.raises(Problem) as caught:
        merge([one, two])
    assert caught.value.code == "lock-conflict"


def test_the_locks_of_this_repository_can_be_read_and_hold_no_address() -> None:
    folder = recipes_folder()
    assert parse((folder / "debian.lock").read_text()).keys() >= {"bash", "mariadb-server", "openvswitch-switch"}
    for lock in folder.rglob("*.lock"):
        assert "://" not in lock.read_text(), lock
