"""The dashboard as a person uses it, in a real browser, on the cloud of the scenarios."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from ruamel.yaml import YAML

from tests.scenarios.browser import tasks
from tests.scenarios.browser.person import Person, person
from tests.scenarios.cloud import Cloud
from tests.scenarios.host_snapshot import Snapshot

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

WITHOUT = "enable_octavia: no\n"
TEMPLATE = """heat_template_version: 2021-04-16
resources:
  word:
    type: OS::Heat::RandomString
"""

# What Horizon 27 itself does wrong, and what cannot be helped: pattern and why.
KNOWN = {
    r"Service type is not enabled: block-storage": "the images' actions ask for volumes where there are none",
    r"ERR_NETWORK_CHANGED": "the browser starts anew when a network of somebody else appears on the machine",
    r"noVNC requires a secure context": "said wherever a console is not reached over TLS",
}


def unexpected(person: Person) -> list[str]:
    """Return the faults that are not known."""
    return [fault for fault in person.faults if not any(re.search(known, fault) for known in KNOWN)]


@pytest.fixture(scope="module")
def somebody(cloud: Cloud, host_before: Snapshot) -> Iterator[Person]:
    """The administrator before a cloud without load balancers and volumes; pictures are kept beside the output."""
    cloud.settings(WITHOUT)
    cloud.ok("up", "--no-verify")
    address = cloud.ok("status", "--json").json["endpoints"]["dashboard"].rstrip("/")
    with person(address, cloud.folder / "pictures") as somebody:
        yield somebody
    cloud.ok("down", "--yes")


def password(cloud: Cloud) -> str:
    """Return the administrator's."""
    return str(YAML().load(cloud.config / "passwords.yml")["keystone_admin_password"])


def every_panel(somebody: Person) -> set[str]:
    """Open each panel of the side bar: no script fails, no request fails, nothing is asked of another host."""
    panels = somebody.panels()
    for panel in panels:
        somebody.go(panel)
        assert somebody.alerts() == [], panel
        somebody.picture(panel.strip("/").replace("/", "-"))
    assert unexpected(somebody) == []
    return set(panels)


def test_logging_in_takes_the_right_password(cloud: Cloud, somebody: Person) -> None:
    somebody.log_in("admin", "not the password")
    assert somebody.alerts() == ["Invalid credentials."]
    somebody.picture("wrong-password")
    somebody.log_in("admin", password(cloud))
    somebody.picture("overview")


def test_every_panel_opens_without_a_fault(somebody: Person) -> None:
    panels = every_panel(somebody)
    assert panels >= {"/project/instances/", "/project/stacks/", "/admin/hypervisors/", "/identity/users/"}
    assert not panels & {"/project/load_balancer/", "/project/volumes/"}


def test_a_guest_is_launched_and_its_screen_is_seen(somebody: Person) -> None:
    """A network, a guest on it through the wizard, its console."""
    tasks.create_network(somebody, "person", "10.99.1.0/24")
    tasks.launch_instance(somebody, "person-1", "skylift-tiny", "m1.tiny", "person")
    tasks.see_console(somebody, "person-1")
    assert unexpected(somebody) == []


def test_a_stack_is_made_from_a_template(cloud: Cloud, somebody: Person) -> None:
    tasks.create_stack(somebody, "person-stack", TEMPLATE, password(cloud))
    assert unexpected(somebody) == []


def test_panels_of_services_that_came_later_work(cloud: Cloud, somebody: Person) -> None:
    """Logged out, in again after two services were added: their panels are there, and all panels open once more."""
    tasks.log_out(somebody)
    somebody.go("/project/instances/")
    assert "/auth/login/" in somebody.page.url, "the session has ended"
    cloud.ok("enable", "octavia", "cinder", "--with-deps", "--yes")
    somebody.log_in("admin", password(cloud))
    assert every_panel(somebody) >= {"/project/load_balancer/", "/project/volumes/", "/admin/volumes/"}


def test_a_volume_is_attached(somebody: Person) -> None:
    tasks.create_volume(somebody, "person-volume")
    tasks.attach_volume(somebody, "person-volume", "person-1")
    assert unexpected(somebody) == []


def test_a_load_balancer_is_made(somebody: Person) -> None:
    tasks.create_load_balancer(somebody, "person-balancer", "person-subnet")
    assert unexpected(somebody) == []
