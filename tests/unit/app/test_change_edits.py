"""What the commands make of globals.yml, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from skylift import services
from skylift.app.change_edits import Edit, disable, enable, set_key, unset_key
from skylift.model.problem import Problem
from skylift.model.service import Service
from skylift.model.service_container import Container
from skylift.model.service_image import Image

NEEDED = Service("heat", "Orchestration", Path(), enabled_by="enable_heat", enabled_default=False)
NEEDING = Service(
    "magnum", "Clusters", Path(), requires=("heat", "nova"), enabled_by="enable_magnum", enabled_default=False
)
ALWAYS = Service("nova", "Compute", Path(), containers=(Container("nova_api", Image("nova", "x", "nova"), "x"),))
ON = Service("octavia", "Load balancers", Path(), requires=("nova",), enabled_by="enable_octavia")


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "load", lambda: (NEEDED, NEEDING, ALWAYS, ON))


def written(folder: Path, text: str) -> Path:
    (folder / "globals.yml").write_text(text)
    return folder


def refused(edit: object) -> Problem:
    with pytest.raises(Problem) as caught:
        edit()  # type: ignore[operator]
    return caught.value


def test_a_key_is_set_and_taken_out(tmp_path: Path) -> None:
    edit = set_key(written(tmp_path, "# hi\n"), "nova_compute_virt_type", "qemu")
    assert (edit.verb, edit.texts) == ("set", {"globals.yml": "# hi\nnova_compute_virt_type: qemu\n"})
    assert edit.diff == (
        "--- globals.yml",
        "+++ globals.yml",
        "@@ -1 +1,2 @@",
        " # hi",
        "+nova_compute_virt_type: qemu",
    )
    edit.save()
    assert unset_key(tmp_path, "nova_compute_virt_type").after == "# hi\n"


def test_truth_words_are_quoted_where_text_is_wanted(tmp_path: Path) -> None:
    assert set_key(tmp_path, "openstack_region_name", "on").after == 'openstack_region_name: "on"\n'
    assert set_key(tmp_path, "openstack_logging_debug", "on").after == "openstack_logging_debug: on\n"


@pytest.mark.parametrize(
    ("key", "code", "fix"),
    [
        ("nova_compute_virt", "settings-unknown-key", "Did you mean nova_compute_virt_type?"),
        ("enable_octavio", "settings-unknown-key", "Did you mean enable_octavia?"),
        ("enable_haproxy", "settings-no-effect", "docs/settings.md"),
        ("nova_database_password", "settings-misplaced-password", "skylift rotate nova_database_password"),
    ],
)
def test_keys_that_would_do_nothing_are_refused(tmp_path: Path, key: str, code: str, fix: str) -> None:
    for problem in (refused(lambda: set_key(tmp_path, key, "x")), refused(lambda: unset_key(tmp_path, key))):
        assert problem.code == code
        assert fix in problem.fix


def test_an_unknown_key_can_be_taken_out(tmp_path: Path) -> None:
    assert unset_key(written(tmp_path, "typo_key: 1\nenable_haproxy: no\n"), "typo_key").after == "enable_haproxy: no\n"


def test_nothing_is_written_where_nothing_changes(tmp_path: Path) -> None:
    edit = enable(tmp_path, ["octavia", "nova"])
    assert (edit.before, edit.after, edit.diff) == ("", "", ())
    edit.save()
    assert list(tmp_path.iterdir()) == []


def test_services_are_switched(tmp_path: Path) -> None:
    edit = enable(written(tmp_path, "enable_octavia: no  # for now\n"), ["octavia"])
    assert edit.after == "enable_octavia: yes  # for now\n"
    edit = enable(tmp_path, ["magnum", "heat"])
    assert edit.after == "enable_octavia: no  # for now\nenable_magnum: yes\nenable_heat: yes\n"


def test_what_an_enabled_service_needs_is_named(tmp_path: Path) -> None:
    problem = refused(lambda: enable(tmp_path, ["magnum"]))
    assert (problem.code, problem.detail) == ("requirement-missing", "magnum needs heat")
    assert problem.fix == "skylift enable magnum --with-deps   (switches on heat as well)"


def test_what_an_enabled_service_needs_goes_on_with_it(tmp_path: Path) -> None:
    edit = enable(tmp_path, ["magnum"], with_deps=True)
    assert "enable_magnum: yes" in edit.after and "enable_heat: yes" in edit.after


def test_a_service_goes_off_and_says_what_it_leaves(tmp_path: Path) -> None:
    edit = disable(tmp_path, ["octavia"], delete_data=True)
    assert edit.after == "enable_octavia: no\n"
    assert (edit.leaving, edit.erase) == (("octavia",), frozenset({"octavia"}))
    assert disable(tmp_path, ["octavia"]).erase == frozenset()


def test_a_service_that_another_needs_stays(tmp_path: Path) -> None:
    problem = refused(lambda: disable(written(tmp_path, "enable_heat: yes\nenable_magnum: yes\n"), ["heat"]))
    assert (problem.code, problem.detail) == ("service-needed", "magnum needs heat")
    assert problem.fix == "skylift disable magnum heat"
    assert disable(tmp_path, ["heat", "magnum"]).after == "enable_heat: no\nenable_magnum: no\n"


def test_a_service_that_is_always_on_stays(tmp_path: Path) -> None:
    problem = refused(lambda: disable(tmp_path, ["nova"]))
    assert problem.code == "service-always-on"
    assert "heat, magnum, octavia" in problem.fix


@pytest.mark.parametrize("name", ["octavio", "enable_octavia", "Octavia"])
def test_the_nearest_service_is_named(tmp_path: Path, name: str) -> None:
    for problem in (refused(lambda: enable(tmp_path, [name])), refused(lambda: disable(tmp_path, [name]))):
        assert (problem.code, problem.fix) == ("service-unknown", "Did you mean octavia?")


def test_the_diff_of_passwords_is_not_shown() -> None:
    assert Edit("rotate", Path(), "passwords.yml", "a: old\n", "a: new\n", names=("a",)).diff == ()
