"""What a person does with the dashboard, by the words and buttons that are seen there."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, expect

from tests.scenarios.browser.person import Person

PATIENCE = 180
"""Seconds until something that is being made has to be there."""


def create_network(person: Person, name: str, cidr: str) -> None:
    """Make a network with a subnet in the form's steps."""
    page = person.page
    person.go("/project/networks/")
    page.click("#networks__action_create")
    page.fill("#id_net_name", name)
    page.click(".modal-footer .button-next")
    page.fill("#id_subnet_name", f"{name}-subnet")
    page.fill("#id_cidr", cidr)
    page.click(".modal-footer .button-next")
    page.click(".modal-footer .button-final")
    expect(page.locator("#networks").get_by_role("link", name=name, exact=True)).to_be_visible()


def launch_instance(person: Person, name: str, image: str, flavor: str, network: str) -> None:
    """Go through the wizard as far as is needed, and wait until the guest runs."""
    page = person.page
    person.go("/project/instances/")
    page.click("#instances__action_launch-ng")
    wizard = page.locator(".modal-dialog")
    wizard.locator("#name").fill(name)
    for step, wanted in (("Source", image), ("Flavor", flavor), ("Networks", network)):
        wizard.get_by_role("link", name=step, exact=False).first.click()
        choose(wizard, wanted)
    person.picture("launch-instance")
    wizard.locator("button.finish").click()
    expect(wizard).to_be_hidden()
    row = page.locator("#instances tbody tr", has_text=name)
    await_text(person, "/project/instances/", row, "Active")


def choose(wizard: Locator, wanted: str) -> None:
    """Move a row from what can be had to what is taken, in the step that is seen."""
    row = wizard.locator("tr:visible", has=wizard.page.get_by_text(wanted, exact=True)).first
    row.locator("button.fa-arrow-up").click()


def see_console(person: Person, name: str) -> None:
    """Open the guest's page and its console, and see the screen connected."""
    page = person.page
    person.go("/project/instances/")
    page.locator("#instances").get_by_role("link", name=name, exact=True).click()
    page.get_by_role("tab", name="Console").or_(page.get_by_role("link", name="Console", exact=True)).first.click()
    screen = page.frame_locator("iframe#console_embed")
    expect(screen.locator("canvas").first).to_be_visible()
    person.picture("console")


def await_text(person: Person, path: str, place: Locator, text: str, patience: float = PATIENCE) -> None:
    """Reload a page until ``place`` says ``text``. Raises AssertionError with what it says instead."""
    deadline = time.monotonic() + patience
    seen = ""
    while time.monotonic() < deadline:
        if place.count():
            seen = " ".join(place.first.inner_text().split())
            if text in seen:
                return
            assert "Error" not in seen, seen
        person.page.wait_for_timeout(1000)
        person.go(path)
    raise AssertionError(f"{path} never said {text!r}, but {seen!r}")
