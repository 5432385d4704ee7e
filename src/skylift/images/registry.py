"""Ask a registry, before anything is pulled, which images it has (its HTTP API v2)."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from skylift.images.names import Source
from skylift.model.problem import Problem, Problems

MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
LIMIT = aiohttp.ClientTimeout(total=30, connect=10)
SIDE_BY_SIDE = 6
NEAREST = 5
CHALLENGE = re.compile(r'(\w+)="([^"]*)"')


def nearest(wanted: str, tags: Iterable[str], count: int = NEAREST) -> list[str]:
    """Return the tags most like ``wanted``, best first; of equals, the one that sorts last (the newest)."""
    scored = [(SequenceMatcher(None, wanted, tag).ratio(), tag) for tag in set(tags)]
    return [tag for score, tag in sorted(scored, reverse=True)[:count] if score > 0]


def credentials(registry: str, folder: Path | None = None) -> tuple[str, str] | None:
    """Return (user, password) for a registry from the docker client's config.json, or None.

    Only what ``docker login`` wrote into the file itself; helpers are programs of other makers.
    """
    folder = folder or Path(os.environ.get("DOCKER_CONFIG", "~/.docker")).expanduser()
    try:
        auths = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("auths", {})
        entry = auths.get(registry) or auths.get(f"https://{registry}") or {}
        user, _, password = base64.b64decode(entry["auth"], validate=True).decode().partition(":")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
    return (user, password) if user else None


def login(source: Source) -> tuple[str, str] | None:
    """Return (user, password) for the registry of ``source``: its own, else the docker client's, or None."""
    if source.username:
        return source.username, source.password.reveal()
    return credentials(source.registry.split("/")[0])


class Registry:
    """One registry's HTTP API. Use as an asynchronous context."""

    def __init__(self, source: Source) -> None:
        self.source = source
        host = source.registry.split("/")[0]
        self.host = host
        local = host.split(":")[0] in ("localhost", "127.0.0.1") or host.startswith("127.")
        # As the engine does: a registry on this machine is spoken to in plain HTTP.
        self.base = f"{'http' if local or source.insecure else 'https'}://{source.registry}/v2"
        self.login = login(source)
        self.tokens: dict[str, str] = {}
        self.session = aiohttp.ClientSession(timeout=LIMIT, trust_env=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    async def digest(self, name: str) -> str | None:
        """Return the digest (``sha256:…``) of a name's tag, or None when the registry has no such tag."""
        path = f"{self.source.path(name)}/manifests/{self.source.tag}"
        async with await self._ask("HEAD", path, {"Accept": MANIFESTS}) as response:
            if response.status == 404:
                return None
            self._check(response.status, name)
            return str(response.headers.get("Docker-Content-Digest", ""))

    async def tags(self, name: str) -> list[str]:
        """Return the tags that the registry has of a name; empty when it does not know the name."""
        async with await self._ask("GET", f"{self.source.path(name)}/tags/list", {}) as response:
            if response.status == 404:
                return []
            self._check(response.status, name)
            return list((await response.json(content_type=None)).get("tags") or [])

    async def _ask(self, method: str, path: str, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        repository = path.rsplit("/", 2)[0]
        try:
            response = await self._send(method, path, headers, self.tokens.get(repository, ""))
            if response.status == 401:
                challenge = response.headers.get("WWW-Authenticate", "")
                response.release()
                self.tokens[repository] = await self._authorise(challenge, repository)
                response = await self._send(method, path, headers, self.tokens[repository])
        except aiohttp.ClientConnectorCertificateError as error:
            raise self._problem(
                "registry-certificate",
                "The registry's certificate is not trusted",
                str(error.certificate_error),
                "Add its authority to the machine's CA bundle; or set docker_registry_insecure: true for plain HTTP.",
            ) from error
        except aiohttp.ClientSSLError as error:
            raise self._problem(
                "registry-tls",
                "The registry does not speak TLS as expected",
                str(error),
                "For a registry that speaks plain HTTP set docker_registry_insecure: true in globals.yml.",
            ) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._problem(
                "registry-unreachable",
                "The registry does not answer",
                str(error) or "no answer within the time limit",
                "Check docker_registry in globals.yml, the name's address, and the machine's proxy settings.",
            ) from error
        return response

    async def _send(self, method: str, path: str, headers: Mapping[str, str], auth: str) -> aiohttp.ClientResponse:
        full = {**headers, **({"Authorization": auth} if auth else {})}
        return await self.session.request(method, f"{self.base}/{path}", headers=full, allow_redirects=True)

    async def _authorise(self, challenge: str, repository: str) -> str:
        """Return the Authorization header that answers a challenge (Basic, or a token from the named service)."""
        scheme, _, rest = challenge.partition(" ")
        login = "Basic " + base64.b64encode(":".join(self.login).encode()).decode() if self.login else ""
        if scheme.lower() == "basic" and login:
            return login
        if scheme.lower() == "bearer":
            fields = dict(CHALLENGE.findall(rest))
            query = {"scope": f"repository:{repository}:pull", "service": fields.get("service", "")}
            headers = {"Authorization": login} if login else {}
            async with self.session.get(fields.get("realm", ""), params=query, headers=headers) as response:
                if response.status == 200:
                    answer: dict[str, Any] = await response.json(content_type=None)
                    return f"Bearer {answer.get('token') or answer.get('access_token', '')}"
        raise self._denied(repository)

    def _check(self, status: int, name: str) -> None:
        if status in (401, 403):
            raise self._denied(self.source.path(name))
        if status >= 400:
            raise self._problem(
                "registry-unreachable",
                "The registry does not answer",
                f"it answered {status} for {self.source.path(name)}",
                "Check docker_registry and docker_namespace in globals.yml; the registry's own log may say more.",
            )

    def _denied(self, repository: str) -> Problem:
        known = f"as user {self.login[0]}" if self.login else "without credentials"
        return self._problem(
            "registry-denied",
            "The registry refuses access",
            f"{repository}, asked {known}",
            f"docker login {self.host}",
        )

    def _problem(self, code: str, summary: str, detail: str, fix: str) -> Problem:
        return Problem(code=code, summary=summary, detail=detail, fix=fix, where=self.base.removesuffix("/v2"))


async def digests(source: Source, names: Iterable[str]) -> dict[str, str]:
    """Return each name's digest. Raises Problem, or Problems: each lists the nearest tags of a missing one."""
    limit = asyncio.Semaphore(SIDE_BY_SIDE)
    async with Registry(source) as registry:

        async def one(name: str) -> tuple[str, str | Problem]:
            async with limit:
                digest = await registry.digest(name)
                return name, digest if digest is not None else missing(source, name, await registry.tags(name))

        results = await asyncio.gather(*(one(name) for name in dict.fromkeys(names)))
    problems = tuple(found for _, found in results if isinstance(found, Problem))
    if problems:
        raise Problems(problems)
    return {name: found for name, found in results if isinstance(found, str)}


def missing(source: Source, name: str, tags: list[str]) -> Problem:
    """Return the Problem of a tag that the registry does not have."""
    close = nearest(source.tag, tags)
    return Problem(
        code="image-tag-missing",
        summary="An image of the plan is not in the registry",
        detail=f"{source.reference(name)}\n"
        + (f"nearest tags of {name}: {', '.join(close)}" if close else f"the registry has no {source.path(name)}"),
        fix=f"Set openstack_tag: {close[0]} in globals.yml, or push the image."
        if close
        else "Check docker_namespace in globals.yml, or push the image.",
        where=source.registry,
    )
