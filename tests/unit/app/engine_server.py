"""A container engine that only answers questions: the part of its API that a report asks, at a socket of its own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

LABEL = "io.skylift."


def container(name: str, cloud: str, service: str, env: list[str], status: str = "running") -> dict[str, Any]:
    """Return the engine's answer about a container of ``cloud`` on its first node."""
    labels = {
        LABEL + "cloud": cloud,
        LABEL + "service": service,
        LABEL + "node": "node1",
        LABEL + "container": name,
        LABEL + "kind": "container",
    }
    return {
        "Id": f"id-{name}",
        "Name": f"/{cloud}-node1-{name}",
        "Created": "2026-11-24T08:00:00.0Z",
        "Image": "sha256:" + "0" * 64,
        "State": {"Status": status, "ExitCode": 0 if status == "running" else 137, "Pid": 0},
        "Config": {"Image": f"skylift/{service}:1", "Labels": labels, "Env": env, "Tty": True},
        "HostConfig": {"NetworkMode": "none"},
        "Mounts": [],
        "NetworkSettings": {"Networks": {}},
    }


@asynccontextmanager
async def engine_server(
    socket: Path, containers: list[dict[str, Any]], logs: Mapping[str, str], more: Mapping[str, Any] | None = None
) -> AsyncIterator[str]:
    """Answer at ``socket``; yield its address. ``logs`` are texts by id, ``more`` are fields of its info."""
    by_name = {one["Id"]: one for one in containers} | {one["Name"].lstrip("/"): one for one in containers}

    async def listed(request: web.Request) -> web.Response:
        # The real engine filters by label.
        wanted = json.loads(request.query.get("filters", "{}")).get("label", [])
        found = [
            {"Id": one["Id"], "Names": [one["Name"]], "Labels": one["Config"]["Labels"], "ImageID": one["Image"]}
            for one in containers
            if all(one["Config"]["Labels"].get(text.partition("=")[0]) == text.partition("=")[2] for text in wanted)
        ]
        return web.json_response(found)

    async def shown(request: web.Request) -> web.Response:
        one = by_name.get(request.match_info["name"])
        return web.json_response(one or {"message": "no such container"}, status=200 if one else 404)

    async def log(request: web.Request) -> web.Response:
        one = by_name[request.match_info["name"]]
        lines = logs.get(one["Id"], "").splitlines(keepends=True)
        tail = request.query.get("tail", "all")
        kept = lines if tail == "all" else lines[-int(tail) :]
        return web.Response(body="".join(kept).encode(), content_type="application/vnd.docker.raw-stream")

    async def constant(request: web.Request) -> web.Response:
        answers: dict[str, Any] = {
            "version": {"ApiVersion": "1.41", "Version": "20.10.24", "Components": []},
            "info": {"ServerVersion": "20.10.24", "Name": "engine", "NCPU": 2, **(more or {})},
            "networks": [],
            "volumes": {"Volumes": []},
            "images/json": [],
        }
        answer = answers.get(request.match_info["rest"])
        return web.json_response(
            {"message": "no such thing"} if answer is None else answer, status=200 if answer is not None else 404
        )

    app = web.Application()
    for above in ("", "/v1.41"):
        app.router.add_get(above + "/containers/json", listed)
        app.router.add_get(above + "/containers/{name}/json", shown)
        app.router.add_get(above + "/containers/{name}/logs", log)
        app.router.add_get(above + "/{rest:.*}", constant)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.UnixSite(runner, str(socket)).start()
        yield f"unix://{socket}"
    finally:
        await runner.cleanup()
