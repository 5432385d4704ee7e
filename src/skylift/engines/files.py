"""Configuration files inside containers: which versions lie there, whether somebody changed them, and their text."""

from __future__ import annotations

import asyncio
import base64
import json
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import aiodocker

from skylift.engines.docker import Engine, engine_call
from skylift.model.container import LABEL, ContainerState

COPIED = "/run_command"
"""What kolla_set_configs writes last: a file in use that is younger was changed by somebody else."""

MISSING = -1
HTTP_OK, HTTP_NOT_FOUND = 200, 404


async def look_at_files(engine: Engine, state: ContainerState) -> ContainerState:
    """Return the state with the stamps of its configuration files, and those whose copy in use was edited.

    Of a file only its time of change is asked for, which costs the engine nothing; the few that look edited are read.
    """
    dests = _label(state, "dests")
    paths = sorted(_label(state, "files"))
    running = state.status == "running"
    in_use = [dests[path] for path in paths if path in dests] if running else []
    marks, copied, times = await asyncio.gather(
        asyncio.gather(*(_changed_at(engine, state, path) for path in paths)),
        _changed_at(engine, state, COPIED) if in_use else _nothing(),
        asyncio.gather(*(_changed_at(engine, state, dest) for dest in in_use)),
    )
    stamps = {path: int(mark) if mark is not None else MISSING for path, mark in zip(paths, marks, strict=True)}
    edited = []
    if copied is not None:
        sources = {dests[path]: path for path in paths if path in dests}
        suspects = [dest for dest, time in zip(in_use, times, strict=True) if time is not None and time > copied]
        for dest in suspects:
            here, given = await asyncio.gather(
                read_file(engine, state.name, dest), read_file(engine, state.name, sources[dest])
            )
            if here != given:
                edited.append(sources[dest])
    return replace(state, stamps=stamps, edited=tuple(edited))


async def read_file(engine: Engine, name: str, path: str) -> str | None:
    """Return the text of a file in a container, running or not; None when it is not there."""
    texts: dict[str, str] = {}
    with engine_call(f"read {path} in {name}", absent_ok=True):
        texts = _texts(await engine.docker.containers.container(name).get_archive(path))
    return next(iter(texts.values()), None)


async def read_folder(engine: Engine, name: str, folder: str) -> dict[str, str]:
    """Return the text of every file directly in ``folder`` of a container, by path; nothing when it is not there."""
    texts: dict[str, str] = {}
    with engine_call(f"read {folder} in {name}", absent_ok=True):
        texts = _texts(await engine.docker.containers.container(name).get_archive(folder))
    return {f"{folder}/{base}": text for base, text in texts.items()}


def _texts(archive: tarfile.TarFile) -> dict[str, str]:
    found = {}
    with archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                found[member.name.rsplit("/", 1)[-1]] = file.read().decode(errors="replace")
    return found


async def _nothing() -> float | None:
    return None


async def _changed_at(engine: Engine, state: ContainerState, path: str) -> float | None:
    """Return when a file was changed (epoch seconds), or None for one that is not there.

    The library takes every refusal for a JSON document, which an answer to HEAD cannot have: so it is asked for no more
    than the connection.
    """
    docker = engine.docker
    with engine_call(f"look at {path} in {state.name}"):
        await docker._check_version()
        url = docker._canonicalize_url(f"containers/{state.engine_id}/archive", versioned_api=True)
        async with docker.session.head(url, params={"path": path}) as answer:
            if answer.status == HTTP_NOT_FOUND:
                return None
            if answer.status != HTTP_OK:
                raise aiodocker.DockerError(answer.status, f"the engine answered {answer.status}")
            stat = json.loads(base64.b64decode(answer.headers["X-Docker-Container-Path-Stat"]))
    return _epoch(str(stat["mtime"]))


def _epoch(text: str) -> float:
    """Return epoch seconds of Go's time stamp (RFC 3339 with nanoseconds and a zone)."""
    head, _, rest = text.partition(".")
    if not rest:
        return datetime.fromisoformat(text).timestamp()
    digits = rest.rstrip("Zz")
    for sign in "+-":
        digits, _, zone = digits.partition(sign)
        if zone:
            moment = datetime.fromisoformat(f"{head}{sign}{zone}")
            break
    else:
        moment = datetime.fromisoformat(head).replace(tzinfo=UTC)
    return moment.timestamp() + float(f"0.{digits}")


def _label(state: ContainerState, name: str) -> Mapping[str, str]:
    try:
        value = json.loads(state.labels.get(LABEL + name, "{}"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
