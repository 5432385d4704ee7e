from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.images.declared import declared as parts
from skylift.images.families import digest, final, image_key, load, overlay, recipes_folder, wanted
from skylift.model.problem import Problem
from skylift.model.service import Service
from skylift.model.service_image import Image, Packages

NOVA = Image("nova-api", "openstack", "nova")


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    def family(name: str, text: str) -> None:
        (tmp_path / name).mkdir()
        (tmp_path / name / "family.toml").write_text(text)
        (tmp_path / name / "recipe.sh").write_text(f"echo {name}\n")

    (tmp_path / "common.sh").write_text("true\n")
    (tmp_path / "debian.lock").write_text("")
    family("base", 'debian = true\nneeds_mib = 10\n[config]\nentrypoint = ["init"]\ncommand = ["start"]\n')
    family("infra", 'parent = "base"\ndebian = true\n')
    family("openstack", 'parent = "base"\n')
    family("schema", 'parent = "openstack"\ncompanion = "infra"\ncompletes = "openstack"\n')
    return tmp_path


def keys(recipes: Path) -> dict[str, str]:
    return {name: family.key for name, family in load(recipes).items()}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_parents_come_first(recipes: Path) -> None:
    order = list(load(recipes))
    assert order.index("base") < order.index("infra") < order.index("schema")
    assert order.index("openstack") < order.index("schema")


def test_equal_recipes_have_equal_keys(recipes: Path) -> None:
    assert keys(recipes) == keys(recipes)


def test_a_changed_recipe_changes_its_family_and_what_is_made_of_it(recipes: Path) -> None:
    before = keys(recipes)
    (recipes / "openstack" / "recipe.sh").write_text("echo other\n")
    assert changed(before, keys(recipes)) == {"openstack", "schema"}


def test_a_companion_counts_as_an_input(recipes: Path) -> None:
    before = keys(recipes)
    (recipes / "infra" / "packages.txt").write_text("mariadb-server\n")
    assert changed(before, keys(recipes)) == {"infra", "schema"}


def test_the_mode_of_a_file_counts(recipes: Path) -> None:
    before = keys(recipes)
    (recipes / "openstack" / "recipe.sh").chmod(0o755)
    assert changed(before, keys(recipes)) == {"openstack", "schema"}


def test_the_debian_lock_counts_for_debian_families_and_their_children(recipes: Path) -> None:
    before = keys(recipes)
    (recipes / "debian.lock").write_text(f"bash 1 {'0' * 64}\n")
    assert changed(before, keys(recipes)) == set(before)


def test_the_shared_script_counts_for_all(recipes: Path) -> None:
    before = keys(recipes)
    (recipes / "common.sh").write_text("false\n")
    assert changed(before, keys(recipes)) == set(before)


def test_a_names_own_files_change_that_name_only(recipes: Path) -> None:
    before, image = keys(recipes), image_key(load(recipes), NOVA)
    other = image_key(load(recipes), Image("nova-compute", "openstack", "nova"))
    place = recipes / "openstack" / "names" / "nova-api" / "usr" / "bin"
    place.mkdir(parents=True)
    (place / "tool").write_text("#!/bin/sh\n")
    families = load(recipes)
    assert keys(recipes) == before
    assert image_key(families, NOVA) != image
    assert image_key(families, Image("nova-compute", "openstack", "nova")) == other
    assert overlay(families, NOVA)["usr/bin/tool"] == (b"#!/bin/sh\n", 0o644)


def test_what_a_service_declares_counts(recipes: Path) -> None:
    def declared(*packages: str) -> dict[str, str]:
        service = Service("x", "X", recipes, packages=(Packages("infra", debian=packages),))
        return {name: family.key for name, family in load(recipes, parts([service])).items()}

    assert changed(declared("haproxy"), declared("haproxy", "socat")) == {"infra", "schema"}


def test_the_user_of_a_name_counts(recipes: Path) -> None:
    families = load(recipes)
    assert image_key(families, NOVA) != image_key(families, Image("nova-api", "openstack", "root"))


def test_names_start_from_the_family_that_completes_theirs(recipes: Path) -> None:
    families = load(recipes)
    assert final(families, "openstack").name == "schema"
    assert final(families, "infra").name == "infra"


def test_wanted_families_are_those_needed_directly_or_not(recipes: Path) -> None:
    families = load(recipes)
    assert [family.name for family in wanted(families, [Image("rabbitmq", "infra", "rabbitmq")])] == ["base", "infra"]
    assert {family.name for family in wanted(families, [NOVA])} == set(families)


def test_an_image_configuration_is_inherited_in_full(recipes: Path) -> None:
    config = load(recipes)["schema"].config
    assert (config.user, config.entrypoint, config.command) == ("root", ("init",), ("start",))


def test_an_unknown_family_is_a_problem(recipes: Path) -> None:
    with pytest.raises(Problem) as caught:
        image_key(load(recipes), Image("x", "nowhere", "root"))
    assert caught.value.code == "image-family-unknown"
    assert "openstack" in caught.value.detail


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('parent = "nowhere"', "nowhere"),
        ("parent = ", "Invalid value"),
        ('colour = "blue"', "colour"),
        ('parent = "schema"', "circle"),
    ],
)
def test_a_wrong_family_file_is_a_problem_that_says_where(recipes: Path, text: str, said: str) -> None:
    (recipes / "base" / "family.toml").write_text(text)
    with pytest.raises(Problem) as caught:
        load(recipes)
    assert caught.value.code == "recipe-invalid"
    assert said in caught.value.detail


def test_missing_recipes_are_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SKYLIFT_RECIPES", str(tmp_path))
    monkeypatch.setattr("skylift.images.families.__file__", str(tmp_path / "a" / "b" / "c" / "d.py"))
    with pytest.raises(Problem) as caught:
        recipes_folder()
    assert caught.value.code == "recipes-missing"
    assert str(tmp_path) in caught.value.detail


@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_different_parts_never_have_one_digest(left: list[bytes], right: list[bytes]) -> None:
    assert (digest(left) == digest(right)) == (left == right)
