"""The dashboard as a person uses it, in a real browser, on the cloud of the scenarios."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from tests.scenarios.browser import tasks
from tests.scenarios.browser.person import Person, person
from tests.scenarios.cloud import Cloud

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900), pytest.mark.usefixtures("running")]

# What Horizon 27 itself does wrong, and what cannot be helped: pattern and why.
KNOWN = {
    r"Service type is not enabled: block-storage": "the images' actions ask for volumes where there are none",
    r"noVNC requires a secure context": "said wherever a console is not reached over TLS",
}


def unexpected(person: Person) -> list[str]:
    """Return the faults that are not known."""
    return [fault for fault in person.faults if not any(re.search(known, fault) for known in KNOWN)]


@pytest.fixture(scope="module")
def password(cloud: Cloud) -> str:
    """The administrator's."""
    return str(YAML().load(cloud.config / "passwords.yml")["keystone_admin_password"])


@pytest.fixture(scope="module")
def somebody(cloud: Cloud, running: None, password: str) -> Iterator[Person]:
    """The administrator, logged in; pictures are kept beside the commands' output."""
    listed = cloud.ok("openstack", "endpoint", "list", "--service", "identity", "-f", "value", "-c", "URL").out
    with person(f"http://{urlsplit(listed.split()[0]).hostname}", cloud.folder / "pictures") as somebody:
        somebody.log_in("admin", "not the password")
        assert somebody.alerts() == ["Invalid credentials."]
        somebody.picture("wrong-password")
        somebody.log_in("admin", password)
        somebody.picture("overview")
        yield somebody


def test_every_panel_opens_without_a_fault(somebody: Person) -> None:
    """Each panel of the side bar opens; no script fails, no request fails, nothing is asked of another host."""
    panels = somebody.panels()
    assert {"/project/instances/", "/admin/hypervisors/", "/identity/users/"} <= set(panels)
    for panel in panels:
        somebody.go(panel)
        assert somebody.alerts() == [], panel
        somebody.picture(panel.strip("/").replace("/", "-"))
    assert unexpected(somebody) == []


def test_a_guest_is_launched_and_its_screen_is_seen(somebody: Person) -> None:
    """A network, a guest on it through the wizard, its console."""
    tasks.create_network(somebody, "person", "10.99.1.0/24")
    tasks.launch_instance(somebody, "person-1", "skylift-tiny", "m1.tiny", "person")
    tasks.see_console(somebody, "person-1")
    assert unexpected(somebody) == []


def test_logging_out_ends_the_session(somebody: Person) -> None:
    """After it the pages ask for a login again."""
    somebody.go("/auth/logout/")
    somebody.go("/project/instances/")
    assert "/auth/login/" in somebody.page.url
