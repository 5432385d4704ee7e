"""What a plan rests on, and how it is said that something of it has moved."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from tests.unit.plan.clouds import Case, clouds
from tests.unit.plan.world import CONFIG, NODE, desired, settled, spec

from skylift.model.desired import Desired, Resource, Retired
from skylift.model.observed import Observed, ObservedApis, ObservedEndpoint
from skylift.plan.basis import basis, moved

FLAVOR = Resource("flavor", "m1.tiny", {"ram": 512}, ("nova",), "default")
WHOLE = desired(spec("nova_api", "nova", volume="nova"), resources=(FLAVOR,), catalogue=True)
SEEN = settled(WHOLE)
API = f"{NODE}-nova_api"


def told(wanted: Desired = WHOLE, observed: Observed = SEEN) -> tuple[str, ...]:
    return moved(basis(WHOLE, SEEN), basis(wanted, observed))


def back(wanted: Desired = WHOLE, observed: Observed = SEEN) -> tuple[str, ...]:
    return moved(basis(wanted, observed), basis(WHOLE, SEEN))


def container(**found: Any) -> Observed:
    return replace(SEEN, containers={**SEEN.containers, API: replace(SEEN.containers[API], **found)})


def keystone(**found: Any) -> Observed:
    apis = SEEN.apis
    assert apis is not None
    return replace(SEEN, apis=replace(apis, **found))


def endpoint(**found: Any) -> Observed:
    apis = SEEN.apis
    assert apis is not None
    return keystone(catalogue=(replace(apis.catalogue[0], **found),))


def test_nothing_has_moved() -> None:
    assert told() == ()
    assert told(observed=container(health="unhealthy", pid=7)) == ()


@pytest.mark.parametrize(
    ("observed", "words"),
    [
        (container(status="exited"), "container nova_api: it was running, and is exited now"),
        (container(started=99.0), "container nova_api: it was changed"),
        (container(engine_id="other"), "container nova_api: it was changed"),
        (container(stamps={f"{CONFIG}/nova.conf": 1}), "container nova_api: it was changed"),
        (container(edited=(f"{CONFIG}/nova.conf",)), "container nova_api: it was changed"),
        (replace(SEEN, volumes=frozenset()), "volume nova: it is gone"),
        (replace(SEEN, networks={}), "network test-1-internal: it is gone"),
        (endpoint(urls={"public": "http://elsewhere"}), "endpoint nova: it was changed"),
        (endpoint(disabled=frozenset({"admin"})), "endpoint nova: it was changed"),
        (endpoint(doubled=frozenset({"admin"})), "endpoint nova: it was changed"),
        (keystone(catalogue=()), "endpoint nova: it is gone"),
        (keystone(accounts={}), "user nova: it is gone"),
        (keystone(accounts={"nova": frozenset()}), "user nova: it was changed"),
        (keystone(logins={"nova": "refused"}), "user nova: it was changed"),
        (keystone(project_off=True), "user nova: it was changed"),
        (keystone(roles=frozenset()), "role load-balancer_member: it is gone"),
        (keystone(resources={FLAVOR.id: None}), "flavor/m1.tiny: it is gone"),
        (keystone(resources={FLAVOR.id: {"ram": 1}}), "flavor/m1.tiny: it was changed"),
        (replace(SEEN, refused="keystone_admin_password"), "keystone_admin_password: keystone does not accept it now"),
    ],
)
def test_what_is_there_has_moved(observed: Observed, words: str) -> None:
    assert told(observed=observed)[0] == words


def test_what_appeared() -> None:
    assert back(observed=replace(SEEN, volumes=frozenset())) == ("volume nova: it appeared",)
    assert back(observed=keystone(resources={FLAVOR.id: None})) == ("flavor/m1.tiny: it appeared",)
    assert back(observed=replace(SEEN, refused="p")) == ("p: keystone accepts it now",)


def test_a_container_that_is_gone() -> None:
    others = {name: state for name, state in SEEN.containers.items() if name != API}
    assert told(observed=replace(SEEN, containers=others)) == ("container nova_api: it is gone",)


def test_of_a_keystone_that_is_silent_nothing_else_is_said() -> None:
    assert told(observed=replace(SEEN, apis=None)) == ("keystone: it does not answer now",)
    silent = replace(container(status="exited"), apis=None)
    assert back(observed=silent) == (
        "container nova_api: it was exited, and is running now",
        "keystone: it answers now",
    )


def test_an_api_that_is_silent() -> None:
    gone, silent = keystone(resources={FLAVOR.id: None}), keystone(resources={})
    assert moved(basis(WHOLE, gone), basis(WHOLE, silent)) == ("flavor/m1.tiny: its API does not answer now",)
    assert moved(basis(WHOLE, silent), basis(WHOLE, gone)) == ("flavor/m1.tiny: its API answers now",)


def replaced(**change: Any) -> Desired:
    changed = tuple(replace(one, **change) if one.name == API else one for one in WHOLE.containers)
    return replace(WHOLE, containers=changed)


def test_the_settings_have_moved() -> None:
    assert told(replaced(image_id="sha256:2")) == ("nova_api: the settings ask for something else now",)
    fewer = replace(WHOLE, containers=WHOLE.containers[:1])
    assert told(fewer) == ("nova_api: the settings no longer ask for it",)
    assert back(fewer) == ("nova_api: the settings now ask for it",)
    ram = replace(WHOLE, resources=(replace(FLAVOR, values={"ram": 1}),))
    assert told(ram) == ("flavor/m1.tiny: the settings ask for something else now",)
    url = replace(WHOLE, catalogue=(replace(WHOLE.catalogue[0], url="http://other"),))
    assert told(url) == ("endpoint nova: the settings ask for something else now",)


def test_a_service_that_was_switched_off() -> None:
    off = replace(WHOLE, retired=(Retired("octavia", "globals.yml:1"),))
    erased = replace(WHOLE, retired=(Retired("octavia", "globals.yml:1", erase=True),))
    assert told(off) == ("octavia: the settings switch it off now",)
    assert back(off) == ("octavia: the settings no longer switch it off",)
    assert moved(basis(off, SEEN), basis(erased, SEEN)) == ("octavia: its data are to go now",)
    assert moved(basis(erased, SEEN), basis(off, SEEN)) == ("octavia: its data are to stay now",)


def test_a_basis_is_plain_and_holds_no_secret() -> None:
    wanted = desired(spec("nova_api", "nova", passwords={"nova_password": "s3cret"}), catalogue=True)
    text = json.dumps(basis(wanted, settled(wanted)))
    assert "s3cret" not in text
    assert basis(wanted, settled(wanted)) == json.loads(text)


@given(clouds(), clouds())
@settings(max_examples=40)
def test_every_move_is_a_sentence(one: Case, other: Case) -> None:
    assert moved(basis(*one), basis(*one)) == ()
    for words in moved(basis(*one), basis(*other)):
        what, _, said = words.partition(": ")
        assert what
        assert said
        assert "None" not in words


def test_a_doubled_listing_is_seen() -> None:
    entry = ObservedEndpoint("nova", "nova", {})
    assert basis(WHOLE, replace(SEEN, apis=ObservedApis((entry,)))) != basis(WHOLE, SEEN)
