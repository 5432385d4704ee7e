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


def create_volume(person: Person, name: str) -> None:
    """Make an empty volume of the smallest size, and wait until it can be used."""
    page = person.page
    person.go("/project/volumes/")
    page.click("#volumes__action_create")
    page.fill("#id_name", name)
    submit(person, "Create Volume")
    await_text(person, "/project/volumes/", page.locator("#volumes tbody tr", has_text=name), "Available")


def attach_volume(person: Person, name: str, guest: str) -> None:
    """Attach a volume to a guest, and wait until it is in use."""
    page = person.page
    row = page.locator("#volumes tbody tr", has_text=name)
    person.go("/project/volumes/")
    row.locator(".dropdown-toggle").click()
    row.get_by_role("link", name="Manage Attachments").or_(row.get_by_text("Manage Attachments")).first.click()
    select(person, "id_instance", guest)
    person.picture("attach-volume")
    submit(person, "Attach Volume")
    await_text(person, "/project/volumes/", row, "In-use")


def create_stack(person: Person, name: str, template: str, password: str) -> None:
    """Make a stack of a template that is typed in, and wait until all of it is there."""
    page = person.page
    person.go("/project/stacks/")
    page.click("#stacks__action_launch")
    select(person, "id_template_source", "Direct Input")
    page.fill("#id_template_data", template)
    person.picture("stack-template")
    page.click(".modal-footer input[type=submit][value='Next']")
    page.fill("#id_stack_name", name)
    if page.locator("#id_password").count():
        page.fill("#id_password", password)
    submit(person, "Launch")
    await_text(person, "/project/stacks/", page.locator("#stacks tbody tr", has_text=name), "Create Complete")


def create_load_balancer(person: Person, name: str, subnet: str) -> None:
    """Go through the wizard: a listener and a pool as OVN can have them; wait until the load balancer is active."""
    page = person.page
    person.go("/project/load_balancer/")
    page.get_by_role("button", name="Create Load Balancer").click()
    wizard = page.locator(".modal-dialog")

    def step(title: str) -> None:
        wizard.locator(".wizard-nav").get_by_role("link", name=title).click()

    def seen(selector: str) -> Locator:
        return wizard.locator(f"{selector}:visible")

    seen("#name").fill(name)
    box = wizard.locator(".form-group:visible", has=page.get_by_text("Subnet", exact=True)).locator("filter-select")
    box.locator("input").click()
    box.locator("tbody tr").filter(has_text=subnet).first.click()
    step("Listener Details")
    seen("#protocol").select_option("TCP")
    seen("#port").fill("80")
    step("Pool Details")
    seen("#method").select_option(label="Source IP:Port")
    step("Monitor Details")
    seen("label.btn").get_by_text("No", exact=True).first.click()
    person.picture("load-balancer")
    wizard.locator("button.finish").click()
    expect(wizard).to_be_hidden()
    await_text(person, "/project/load_balancer/", page.locator("tbody tr", has_text=name), "Active")


def select(person: Person, field: str, wanted: str) -> None:
    """Choose from a list of the dashboard's own look, whose real one is hidden."""
    box = person.page.locator(".themable-select", has=person.page.locator(f"#{field}"))
    box.locator(".dropdown-toggle").click()
    box.locator("li", has_text=wanted).first.click()


def submit(person: Person, words: str) -> None:
    """Press the button that ends a form, and wait for the page that follows."""
    with person.page.expect_navigation(wait_until="networkidle"):
        person.page.click(f".modal-footer input[type=submit][value='{words}']")


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


def log_out(person: Person) -> None:
    """Through the user's menu, whose entry is a form: a link could be followed by accident."""
    page = person.page
    person.go("/project/")
    page.locator(".dropdown-toggle", has_text="admin").last.click()
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("button", name="Sign Out").click()
