"""The dashboard: its login page with every file that it names, a login through the form, and a page behind it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Proof, Unproven

if TYPE_CHECKING:
    import aiohttp

_SECONDS = 60
"""What any one page may take: the first after a start is made while guests boot on the same cores."""
_AT_ONCE = 6
_LOGOUT = "/auth/logout/"
_KINDS = {".css": "text/css", ".js": "javascript"}
_NAMED = re.compile(r"""url\(\s*['"]?([^'")]+)['"]?\s*\)""")


class Page(HTMLParser):
    """What of a page is to be fetched (``files``), where its forms go, and their fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.files: set[str] = set()
        self.fields: dict[str, str] = {}
        self.forms: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of style sheets, icons, scripts and pictures, and what forms hold already."""
        given = {name: value or "" for name, value in attrs}
        if tag == "link":
            self.files.add(given.get("href", ""))
        elif tag in {"script", "img"}:
            self.files.add(given.get("src", ""))
        elif tag == "form":
            self.forms.add(given.get("action", ""))
        elif tag == "input" and "name" in given:
            self.fields.setdefault(given["name"], given.get("value", ""))
        self.files.discard("")


def named(sheet: str) -> set[str]:
    """Return the addresses of the fonts and pictures that a style sheet names."""
    return {found for found in _NAMED.findall(sheet) if not found.startswith(("data:", "#"))}


class Visit:
    """One person's visit: cookies, and the files that were fetched already."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session = session
        self.base = base
        self.fetched: set[str] = set()
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def page(self, path: str) -> Page:
        """Return a page that must answer 200, with all its files there."""
        async with self.session.get(urljoin(self.base, path)) as answer:
            if answer.status != 200:
                raise Unproven(f"a page at {answer.url}", f"status {answer.status}")
            page, where = Page(await answer.text()), str(answer.url)
        await self.files(where, page.files)
        return page

    async def files(self, where: str, names: Iterable[str]) -> None:
        """Fetch files named at ``where``, and what they name in turn; each once."""
        wanted = {urljoin(where, name) for name in names} - self.fetched
        foreign = sorted(one for one in wanted if not one.startswith(self.base))
        if foreign:
            raise Unproven(f"only files of {self.base}", f"{where} names {foreign[0]}")
        self.fetched |= wanted
        # None goes on in a session that is closed because another failed.
        ended = await asyncio.gather(*(self._file(where, one) for one in sorted(wanted)), return_exceptions=True)
        for failure in (one for one in ended if one is not None):
            raise failure

    async def _file(self, where: str, url: str) -> None:
        ending = next((ending for ending in _KINDS if urlsplit(url).path.endswith(ending)), "")
        async with self._few, self.session.get(url) as answer:
            if answer.status != 200:
                raise Unproven(f"status 200 for {url}, which {where} names", f"status {answer.status}")
            if ending and _KINDS[ending] not in answer.headers.get("Content-Type", ""):
                raise Unproven(f"{_KINDS[ending]} at {url}", answer.headers.get("Content-Type", "no content type"))
            body = await answer.read()
        if ending == ".css":
            await self.files(url, named(body.decode("utf-8", "replace")))


async def run(bench: Bench) -> str:
    """Visit the login page, log in as the administrator, see a page that only a user sees, log out."""
    import aiohttp

    port = bench.ctx.dashboard_port
    base = f"http://{bench.ctx.cloud.api_address}{'' if port == 80 else f':{port}'}/"
    limit = aiohttp.ClientTimeout(total=_SECONDS)
    jar = aiohttp.CookieJar(unsafe=True)
    try:
        async with aiohttp.ClientSession(timeout=limit, cookie_jar=jar) as session:
            visit = Visit(session, base)
            login = await visit.page("auth/login/")
            await _log_in(bench, visit, login)
            home = await visit.page("project/")
            if _LOGOUT not in home.forms:
                raise Unproven("the page of a user, with a way to log out", "a page without one")
            await _log_out(visit, home)
    except TimeoutError as error:
        raise Unproven(f"a dashboard at {base}", f"no answer within {_SECONDS} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unproven(f"a dashboard at {base}", f"{type(error).__name__}: {error}") from error
    return f"{base} lets {bench.ctx.api.credentials.username} in; {len(visit.fetched)} static files are all there"


async def _log_out(visit: Visit, page: Page) -> None:
    """End the session by the page's own form. Raises Unproven unless a user's page is then refused."""
    url, form = urljoin(visit.base, _LOGOUT), {"csrfmiddlewaretoken": page.fields["csrfmiddlewaretoken"]}
    async with visit.session.post(url, data=form, headers={"Referer": urljoin(visit.base, "project/")}):
        pass
    async with visit.session.get(urljoin(visit.base, "project/"), allow_redirects=False) as answer:
        if answer.status != 302 or "/auth/login" not in answer.headers.get("Location", ""):
            raise Unproven("no page of a user after logging out", f"status {answer.status}")


async def _log_in(bench: Bench, visit: Visit, page: Page) -> None:
    """Send the form as a browser does. Raises Unproven unless it leads away from the login page."""
    credentials = bench.ctx.api.credentials
    form = {**page.fields, "username": credentials.username, "password": credentials.password.reveal()}
    url = urljoin(visit.base, "auth/login/")
    async with visit.session.post(url, data=form, headers={"Referer": url}, allow_redirects=False) as answer:
        target = answer.headers.get("Location", "")
        if answer.status != 302 or "/auth/" in target:
            raise Unproven("a login through the form", f"status {answer.status}, {target or 'the form again'}")


PROOF = Proof("dashboard", "the dashboard", "horizon", run, place=15)
