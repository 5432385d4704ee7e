import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from skylift.images.recipe import Follower, run_script
from skylift.images.workspace import PREFIX, building, mount_points, remove_leftovers
from skylift.model.event import Event, Notice, StepProgress
from skylift.model.problem import Problem


def follower() -> tuple[Follower, list[Event]]:
    events: list[Event] = []
    return Follower("infra", "image infra", events.append), events


def test_steps_are_progress_and_the_rest_is_kept_for_a_failure() -> None:
    follow, events = follower()
    for line in ["@step installing", *(f"line {n}" for n in range(30)), ""]:
        follow.line(line)
    problem = follow.problem("exit code 100")
    assert events == [StepProgress("image infra", "installing")]
    assert problem.where == "images/infra: installing"
    assert problem.detail.splitlines() == ["exit code 100", *(f"line {n}" for n in range(10, 30))]


def test_of_each_kind_of_notice_only_the_first_few_are_told() -> None:
    follow, events = follower()
    for number in range(9):
        follow.line(f"@notice package{number} 2 instead of the locked 1")
    follow.line("@notice other 1 is not in the lock")
    assert len([event for event in events if isinstance(event, Notice)]) == 4
    follow.end()
    assert events[4:] == [Notice("and 6 more packages: instead of the locked", "info", "images/infra")]


async def test_a_script_that_fails_is_a_problem_with_its_last_words(tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text("echo '@step breaking'\necho some words >&2\nexit 7\n")
    follow, _ = follower()
    with pytest.raises(Problem) as caught:
        await run_script(follow, script, scratch=tmp_path)
    assert caught.value.where == "images/infra: breaking"
    assert caught.value.detail == "exit code 7\nsome words"


def running(group: int) -> list[int]:
    """Return the processes of a group that were not ended (one that only waits to be buried is)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, its_group = path.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                found.append(int(path.parent.name))
    return found


async def test_a_script_that_is_cancelled_is_ended_with_its_children(tmp_path: Path) -> None:
    script, mark = tmp_path / "script.sh", tmp_path / "mark"
    script.write_text(f"trap 'echo ended >{mark}; exit 1' TERM\nsleep 60 &\necho @step $$\nwait\n")
    begun_waiting = asyncio.Event()
    follow = Follower("infra", "image infra", lambda _: begun_waiting.set())
    task = asyncio.create_task(run_script(follow, script, scratch=tmp_path))
    await begun_waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert mark.read_text() == "ended\n"
    for _ in range(100):
        if running(int(follow.doing)):
            await asyncio.sleep(0.05)
    assert running(int(follow.doing)) == []


def test_two_builds_at_once_are_refused() -> None:
    name = f"skylift-test-{os.getpid()}"
    with building(name):
        with pytest.raises(Problem) as caught, building(name):
            pass
        assert caught.value.code == "images-busy"
    with building(name):
        pass


def test_leftovers_are_removed_but_not_through_a_mount(tmp_path: Path) -> None:
    for name in (PREFIX + "old", PREFIX + "mounted", "other"):
        (tmp_path / name / "proc").mkdir(parents=True)
    remove_leftovers(tmp_path, frozenset({f"{tmp_path}/{PREFIX}mounted/proc", "/"}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", PREFIX + "mounted"]


def test_the_root_is_a_mount_point() -> None:
    assert "/" in mount_points()
