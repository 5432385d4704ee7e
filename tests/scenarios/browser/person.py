"""Chromium of the distribution, driven as a person would, with all that goes wrong in a page written down."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response, Route, expect, sync_playwright

PATIENCE = 60_000
"""Milliseconds that anything may take: the machine may have two cores and build a guest at the same time."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class Person:
    """One browser window at ``base``; ``faults`` are script errors, failed requests, and requests to other hosts."""

    def __init__(self, page: Page, base: str, pictures: Path) -> None:
        self.page = page
        self.base = base
        self.faults: list[str] = []
        self._pictures = pictures
        self._host = urlsplit(base).hostname
        page.set_default_timeout(PATIENCE)
        page.route("**/*", self._guard)
        page.on("pageerror", self._script_error)
        page.on("console", self._console)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _guard(self, route: Route) -> None:
        """Let nothing leave for another host; other ports of the same are consoles."""
        url = urlsplit(route.request.url)
        if url.scheme in {"data", "blob"} or url.hostname == self._host:
            route.continue_()
        else:
            self.faults.append(f"{self.page.url}: a request to another host: {route.request.url}")
            route.abort()

    def _script_error(self, error: Error) -> None:
        self.faults.append(f"{self.page.url}: script error: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"{self.page.url}: console: {message.text} ({message.location})")

    def _failed(self, request: Request) -> None:
        # What was still on its way when the person went on to another page.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{self.page.url}: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{self.page.url}: {response.request.method} {response.url}: status {response.status}")

    def go(self, path: str) -> None:
        """Open a page and wait until it has nothing more to load."""
        self.page.goto(f"{self.base}{path}", wait_until="networkidle")

    def log_in(self, user: str, password: str) -> None:
        """Fill in the form and send it."""
        self.go("/auth/login/")
        self.page.fill("#id_username", user)
        self.page.fill("#id_password", password)
        with self.page.expect_navigation(wait_until="networkidle"):
            self.page.click("#loginBtn")

    def picture(self, name: str) -> Path:
        """Keep what is seen."""
        path = self._pictures / f"{name}.png"
        self.page.screenshot(path=path, full_page=False)
        return path

    def panels(self) -> list[str]:
        """Return the paths of all panels that the side bar offers, in its order."""
        found: Any = self.page.eval_on_selector_all(
            "#sidebar-accordion a[href^='/'], .sidebar a.openstack-panel[href^='/']",
            "links => links.map(link => link.getAttribute('href'))",
        )
        return list(dict.fromkeys(found))

    def alerts(self) -> list[str]:
        """Return what the page complains of."""
        texts = self.page.locator(
            ".messages .alert-danger, .messages .alert-warning, .alert-danger:visible, .alert-error:visible,"
            " .alert-warning:visible"
        ).all_inner_texts()
        return [" ".join(text.split()) for text in texts]


@contextmanager
def person(base: str, pictures: Path) -> Iterator[Person]:
    """Open the browser at ``base`` and close it in the end. Pictures go to a folder, which is made."""
    pictures.mkdir(parents=True, exist_ok=True)
    program = next(path for name in CHROMIUM if (path := shutil.which(name)))
    # No sandbox: Chromium refuses one to root. No shared memory: a container's is small.
    options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        context = browser.new_context(viewport={"width": 1440, "height": 1000}, base_url=base)
        try:
            yield Person(context.new_page(), base, pictures)
        finally:
            browser.close()
