from skylift.engines.images import ImageState
from skylift.images.build import compare
from skylift.images.families import Family, image_key, load, recipes_folder
from skylift.images.names import Source
from skylift.images.state import KEY
from skylift.model.service_image import Image

NOVA, QUEUE = Image("nova-api", "openstack", "nova"), Image("rabbitmq", "infra", "rabbitmq")
FAMILIES: dict[str, Family] = load(recipes_folder())
SOURCE = Source()


def made(key: str, *tags: str) -> ImageState:
    return ImageState("sha256:1", tags, labels={KEY: key})


def of(image: Image) -> ImageState:
    return made(image_key(FAMILIES, image), SOURCE.reference(image.name))


def test_a_bare_engine_needs_every_family() -> None:
    todo = compare(FAMILIES, [NOVA, QUEUE], [], SOURCE)
    assert todo.families[0].name == "base"
    assert {family.name for family in todo.families} == {"base", "infra", "openstack", "schema"}
    assert todo.make == (NOVA, QUEUE)


def test_nothing_is_done_when_every_name_is_there() -> None:
    assert compare(FAMILIES, [NOVA, QUEUE], [of(NOVA), of(QUEUE)], SOURCE).empty


def test_parents_are_not_built_for_a_family_that_is_there() -> None:
    todo = compare(FAMILIES, [QUEUE], [made(FAMILIES["infra"].key)], SOURCE)
    assert todo.families == ()
    assert todo.make == (QUEUE,)


def test_an_image_with_an_old_key_is_made_anew() -> None:
    todo = compare(FAMILIES, [QUEUE], [made("old", SOURCE.reference("rabbitmq"))], SOURCE)
    assert [family.name for family in todo.families] == ["base", "infra"]


def test_a_lost_tag_is_given_back_without_a_build() -> None:
    state = made(image_key(FAMILIES, QUEUE))
    todo = compare(FAMILIES, [QUEUE], [state], SOURCE)
    assert (todo.families, todo.make, todo.tag) == ((), (), ((QUEUE, state),))
    assert not todo.empty


def test_a_name_declared_twice_is_made_once() -> None:
    assert compare(FAMILIES, [QUEUE, QUEUE], [], SOURCE).make == (QUEUE,)
