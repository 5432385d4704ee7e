"""A page counts as shown only when every file that it names, and that those name, is there and of its kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from skylift.openstack.proofs.checks.dashboard import Visit
from skylift.openstack.proofs.proof import Unproven

Site = Mapping[str, tuple[str, str]]
"""Content type and text by path."""

WHOLE: Site = {
    "/login/": ("text/html", '<link rel="stylesheet" href="/static/a.css"><script src="/static/b.js"></script>'),
    "/static/a.css": ("text/css", "a { src: url('fonts/c.woff') }"),
    "/static/b.js": ("text/javascript", "angular.module('horizon.app', [])"),
    "/static/fonts/c.woff": ("font/woff", "c"),
}


@asynccontextmanager
async def visiting(site: Site) -> AsyncIterator[Visit]:
    """Serve ``site`` on the loopback interface and visit it."""

    async def answer(request: web.Request) -> web.Response:
        if request.path not in site:
            return web.Response(status=404)
        kind, text = site[request.path]
        return web.Response(text=text, content_type=kind)

    application = web.Application()
    application.router.add_get("/{rest:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Visit(session, f"http://127.0.0.1:{runner.addresses[0][1]}/")
    finally:
        await runner.cleanup()


async def test_every_file_is_fetched_also_those_that_style_sheets_name() -> None:
    async with visiting(WHOLE) as visit:
        await visit.page("login/")
        assert {url.removeprefix(visit.base) for url in visit.fetched} == {
            "static/a.css",
            "static/b.js",
            "static/fonts/c.woff",
        }


@pytest.mark.parametrize("path", [path for path in WHOLE if path.startswith("/static/")])
async def test_a_file_that_is_missing_is_named(path: str) -> None:
    async with visiting({one: text for one, text in WHOLE.items() if one != path}) as visit:
        with pytest.raises(Unproven, match=f"{path}.*404"):
            await visit.page("login/")


async def test_a_page_in_place_of_a_script_is_no_script() -> None:
    """What a server answers that sends its start page for whatever it does not know."""
    async with visiting({**WHOLE, "/static/b.js": ("text/html", "<html>")}) as visit:
        with pytest.raises(Unproven, match=r"javascript at .*/static/b\.js"):
            await visit.page("login/")


async def test_files_of_another_site_are_refused() -> None:
    page = ("text/html", '<script src="https://cdn.example/jquery.js"></script>')
    async with visiting({"/login/": page}) as visit:
        with pytest.raises(Unproven, match=r"cdn\.example"):
            await visit.page("login/")
