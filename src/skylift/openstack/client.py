"""Requests to OpenStack's APIs as one user: JSON in, JSON out, Problems for everything else.

keystoneauth1 (and requests with it) takes 0.3 s to import, so it is loaded at the first request and not before.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from skylift.model.secret import Secret
from skylift.openstack.answers import as_json, next_page, patiently
from skylift.openstack.credentials import Credentials
from skylift.openstack.errors import ApiProblem, from_answer

if TYPE_CHECKING:
    from keystoneauth1.session import Session
    from requests import Response

# The newest microversions that are asked for; a service without microversions ignores the header.
_MICROVERSIONS = {
    "compute": "compute 2.79",
    "block-storage": "volume 3.59",
    "volumev3": "volume 3.59",
    "placement": "placement 1.39",
}

__all__ = ["Api", "Credentials"]


class Api:
    """OpenStack's APIs, used by one user. Safe to share between threads.

    ``service`` is a catalogue type (``network``, ``compute``, ``image``, ``load-balancer``) and ``path`` what follows
    the endpoint's URL (``/v2.0/networks``). Identity is always asked at ``auth_url``, as the catalogue may be wrong.
    For ``patience`` seconds a request that finds nobody listening, or is answered 502, 503 or 504, is sent again.
    Every method raises :class:`ApiProblem`; its ``status`` tells a 404 from the rest.
    """

    def __init__(
        self, credentials: Credentials, *, patience: float = 0.0, pool: int = 16, timeout: float = 120.0
    ) -> None:
        self.credentials = credentials
        self.patience = patience
        self._pool = pool
        self._timeout = timeout
        self._lock = threading.Lock()
        self._session: Session | None = None

    # -- requests ---------------------------------------------------------------------------------------------------

    def get(self, service: str, path: str, **params: Any) -> Any:
        """Return the JSON at ``path``; ``params`` become the query."""
        return as_json(self.request("GET", service, path, params=params))

    def find(self, service: str, path: str, **params: Any) -> Any:
        """As :meth:`get`, but None where the answer is 404."""
        try:
            return self.get(service, path, **params)
        except ApiProblem as problem:
            if problem.status == 404:
                return None
            raise

    def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        """Return all items of the collection ``key``, following ``KEY_links`` and ``next`` to further pages."""
        answer = self.get(service, path, **params)
        items = list(answer[key])
        while follow := next_page(answer, key):
            answer = as_json(self.request("GET", service, self._relative(service, follow)))
            if not answer[key]:
                break
            items += answer[key]
        return items

    def post(self, service: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON and return JSON (None when the answer is empty)."""
        return as_json(self.request("POST", service, path, json=body, headers=headers))

    def put(self, service: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON and return JSON (None when the answer is empty)."""
        return as_json(self.request("PUT", service, path, json=body, headers=headers))

    def patch(self, service: str, path: str, body: Any, **headers: str) -> Any:
        """Send JSON and return JSON; Glance wants ``**{"Content-Type": …}`` of its own."""
        return as_json(self.request("PATCH", service, path, json=body, headers=headers))

    def delete(self, service: str, path: str, *, missing_ok: bool = True, **params: Any) -> None:
        """Delete; what is not there any more is fine unless ``missing_ok`` is False."""
        try:
            self.request("DELETE", service, path, params=params)
        except ApiProblem as problem:
            if problem.status != 404 or not missing_ok:
                raise

    def upload(self, service: str, path: str, source: IO[bytes] | bytes) -> None:
        """Send bytes (``PUT``), read from an open binary file as they are sent."""
        self.request("PUT", service, path, data=source, headers={"Content-Type": "application/octet-stream"})

    def request(
        self,
        method: str,
        service: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: IO[bytes] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> Response:
        """Send one request and return the answer with a status below 400; raises ApiProblem for any other."""
        send = partial(self._send, method, service, path, params, json, data, headers, stream)
        # A file that was read half cannot be sent again.
        again = self.patience > 0 and not hasattr(data, "read")
        return patiently(self.patience, send) if again else send()

    # -- who and where ----------------------------------------------------------------------------------------------

    def login(self) -> None:
        """Get a token now (every request does so by itself). Raises ApiProblem ``api-login-refused``."""
        self._access()

    @property
    def token(self) -> Secret:
        """The token in use."""
        return Secret(str(self._access().auth_token))

    @property
    def project_id(self) -> str:
        """The id of the project the user is in."""
        return str(self._access().project_id)

    @property
    def user_id(self) -> str:
        """The user's id."""
        return str(self._access().user_id)

    def endpoint(self, service: str) -> str:
        """Return a service's URL, from the catalogue that came with the token."""
        if service == "identity":
            return self.credentials.keystone
        url = self._listed(service)
        if not url:
            # A token brings the catalogue of its moment: the service may have been listed since.
            self.renew()
            url = self._listed(service)
        if not url:
            where = self.credentials
            raise ApiProblem(
                "api-not-in-catalogue",
                f"no {where.interface} endpoint of type {service} in region {where.region_name}",
                where=where.keystone,
                service=service,
            )
        return url

    def has(self, service: str) -> bool:
        """True when the catalogue that came with the token has the service."""
        return bool(self._listed(service))

    def renew(self) -> None:
        """Forget token and catalogue: the next request gets new ones (the catalogue may have changed)."""
        if self._session is not None:
            self._session.invalidate()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.session.close()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _open(self) -> Session:
        with self._lock:
            if self._session is None:
                from skylift.openstack.session import open_session

                self._session = open_session(self.credentials, self._pool, self._timeout)
            return self._session

    def _access(self) -> Any:
        from skylift.openstack.session import guard

        session = self._open()
        plugin: Any = session.auth

        def log_in() -> Any:
            return guard(
                self.credentials, "POST", "identity", self.credentials.keystone, partial(plugin.get_access, session)
            )

        return patiently(self.patience, log_in)

    def _send(
        self, method: str, service: str, path: str, params: Any, body: Any, data: Any, headers: Any, stream: bool
    ) -> Response:
        from skylift.openstack.session import guard

        session = self._open()
        self._access()
        url = self.endpoint(service) + path
        sent = {"Accept": "application/json", **(headers or {})}
        if service in _MICROVERSIONS:
            sent.setdefault("OpenStack-API-Version", _MICROVERSIONS[service])
        options: dict[str, Any] = {"data": data} if data is not None else {"json": body} if body is not None else {}
        call = partial(
            session.request, url, method, params=params or {}, headers=sent, raise_exc=False, log=False,
            connect_retries=0, authenticated=True, stream=stream, **options,
        )  # fmt: skip
        answer: Response = guard(self.credentials, method, service, url, call)
        if answer.status_code >= 400:
            name = self._name(service)
            raise from_answer(name, method, url, answer.status_code, answer.headers, answer.text)
        return answer

    def _listed(self, service: str) -> str:
        """Return a service's URL, or nothing: a service whose endpoints are disabled is listed without any."""
        where = self.credentials
        urls = self._access().service_catalog.get_urls(
            service_type=service, interface=where.interface, region_name=where.region_name
        )
        return str(urls[0]).rstrip("/") if urls else ""

    def _name(self, service: str) -> str:
        """Return the service's name (``nova``), which is what its logs are asked for by; its type where it has none."""
        listed = self._access().service_catalog.catalog
        return next((str(entry["name"]) for entry in listed if entry["type"] == service and entry.get("name")), service)

    def _relative(self, service: str, link: str) -> str:
        """Return a page's link as a path below the endpoint; services write links with whatever host they were told."""
        from urllib.parse import urlsplit

        parts = urlsplit(link)
        base = urlsplit(self.endpoint(service)).path.rstrip("/")
        return parts.path.removeprefix(base) + (f"?{parts.query}" if parts.query else "")
