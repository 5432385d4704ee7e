"""The registry's HTTP API, spoken with a small real server on the loopback interface."""

import base64
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from skylift.images.names import Source
from skylift.images.registry import digests
from skylift.model.problem import Problem, Problems

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TAG = "2026.2-debian-trixie"
DIGEST = "sha256:" + "1" * 64


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def plain(request: web.Request) -> web.Response:
    """Answer as a registry that has nova-api at our tag, and keystone at another."""
    if request.path == f"/v2/openstack.kolla/nova-api/manifests/{TAG}":
        assert request.method == "HEAD"
        return web.Response(headers={"Docker-Content-Digest": DIGEST})
    if request.path == "/v2/openstack.kolla/keystone/tags/list":
        return web.json_response({"tags": ["2026.1-debian-trixie", "latest"]})
    return web.Response(status=404)


async def test_a_tag_that_is_there_gives_its_digest() -> None:
    async with serving(plain) as port:
        assert await digests(Source(registry=f"127.0.0.1:{port}"), ["nova-api"]) == {"nova-api": DIGEST}


async def test_all_missing_tags_are_told_together() -> None:
    async with serving(plain) as port:
        with pytest.raises(Problems) as caught:
            await digests(Source(registry=f"127.0.0.1:{port}"), ["nova-api", "keystone", "glance-api"])
    keystone, glance = caught.value.problems
    assert (keystone.code, glance.code) == ("image-tag-missing", "image-tag-missing")
    assert "nearest tags of keystone: 2026.1-debian-trixie" in keystone.detail
    assert "no openstack.kolla/glance-api" in glance.detail


async def test_a_token_is_fetched_where_the_registry_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    async def guarded(request: web.Request) -> web.Response:
        if request.path == "/token":
            asked.append(f"{request.query['scope']} {request.query['service']}")
            login = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
            return web.json_response({"token": "good"}) if login == "user:word" else web.Response(status=401)
        if request.headers.get("Authorization") != "Bearer good":
            realm = f"http://{request.host}/token"
            return web.Response(status=401, headers={"WWW-Authenticate": f'Bearer realm="{realm}",service="shop"'})
        return await plain(request)

    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    async with serving(guarded) as port:
        registry = f"127.0.0.1:{port}"
        auth = base64.b64encode(b"user:word").decode()
        (tmp_path / "config.json").write_text(f'{{"auths": {{"{registry}": {{"auth": "{auth}"}}}}}}')
        assert await digests(Source(registry=registry), ["nova-api"]) == {"nova-api": DIGEST}
    assert asked == ["repository:openstack.kolla/nova-api:pull shop"]


async def test_a_refusal_names_the_command_that_logs_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def closed(request: web.Request) -> web.Response:
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="closed"'})

    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    async with serving(closed) as port:
        with pytest.raises(Problem) as caught:
            await digests(Source(registry=f"127.0.0.1:{port}"), ["nova-api"])
    assert caught.value.code == "registry-denied"
    assert caught.value.fix == f"docker login 127.0.0.1:{port}"


async def test_a_registry_that_is_not_there() -> None:
    async with serving(plain) as port:
        pass
    with pytest.raises(Problem) as caught:
        await digests(Source(registry=f"127.0.0.1:{port}"), ["nova-api"])
    assert caught.value.code == "registry-unreachable"
    assert caught.value.where == f"http://127.0.0.1:{port}"


async def test_a_registry_that_breaks() -> None:
    async def broken(request: web.Request) -> web.Response:
        return web.Response(status=503)

    async with serving(broken) as port:
        with pytest.raises(Problem) as caught:
            await digests(Source(registry=f"127.0.0.1:{port}"), ["nova-api"])
    assert caught.value.code == "registry-unreachable"
    assert "503" in caught.value.detail


async def test_plain_http_where_tls_is_expected() -> None:
    # 0.0.0.0 reaches this machine, but is not one of the addresses that are spoken to in plain HTTP.
    async with serving(plain) as port:
        with pytest.raises(Problem) as caught:
            await digests(Source(registry=f"0.0.0.0:{port}"), ["nova-api"])
        assert caught.value.code == "registry-tls"
        assert "docker_registry_insecure" in caught.value.fix
        found = await digests(Source(registry=f"0.0.0.0:{port}", insecure=True), ["nova-api"])
        assert found == {"nova-api": DIGEST}


async def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    async with serving(plain, self_signed(tmp_path)) as port:
        with pytest.raises(Problem) as caught:
            await digests(Source(registry=f"0.0.0.0:{port}"), ["nova-api"])
    assert caught.value.code == "registry-certificate"


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return a server's context with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "registry.example")])
    begin = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    place = folder / "server.pem"
    place.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(place)
    return context
