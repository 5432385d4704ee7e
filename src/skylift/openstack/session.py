"""The keystoneauth session behind the client. Importing this costs 0.3 s: only client.py does, when it must."""

from __future__ import annotations

from collections.abc import Callable
from http.client import RemoteDisconnected
from typing import TypeVar

import requests
from keystoneauth1 import exceptions as failures
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from requests.adapters import HTTPAdapter

from skylift.model.secret import Secret
from skylift.openstack.credentials import Credentials
from skylift.openstack.errors import ApiProblem, from_answer

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})

T = TypeVar("T")


def open_session(credentials: Credentials, pool: int, timeout: float) -> Session:
    """Return a session that logs in with a password when it first needs a token. Nothing is sent yet.

    ``pool`` connections are kept for each address, so that as many threads do not wait for each other. Proxies of the
    environment are not used: the cloud's addresses are this machine's own.
    """
    inner = requests.Session()
    inner.trust_env = False
    for scheme in ("http://", "https://"):
        inner.mount(scheme, HTTPAdapter(pool_connections=pool, pool_maxsize=pool))
    auth = Password(
        auth_url=f"{credentials.keystone}/v3",
        username=credentials.username,
        password=credentials.password.reveal(),
        user_domain_name=credentials.user_domain_name,
        project_name=credentials.project_name,
        project_domain_name=credentials.project_domain_name,
    )
    return Session(auth=auth, session=inner, timeout=timeout, user_agent="skylift")


def guard(credentials: Credentials, method: str, service: str, url: str, call: Callable[[], T]) -> T:
    """Return what ``call`` returns; what keystoneauth raises becomes an ApiProblem."""
    try:
        return call()
    except failures.Unauthorized as error:
        who = f"user {credentials.username}, project {credentials.project_name}"
        raise ApiProblem(
            "api-login-refused", f"{who}: {error.message}", where=credentials.keystone, status=401
        ) from error
    except failures.HttpError as error:
        text = error.response.text if error.response is not None else str(error)
        headers = error.response.headers if error.response is not None else {}
        raise from_answer(service, method, url, int(error.http_status), headers, text) from error
    except (failures.ConnectFailure, failures.ClientException) as error:
        # A request that nobody took can be sent again; one whose answer was lost only if doing it twice is harmless.
        never_sent = isinstance(error, failures.ConnectFailure) and "refused" in str(error).lower()
        transient = isinstance(error, failures.ConnectionError) and (never_sent or method in _IDEMPOTENT)
        raise ApiProblem(
            "api-unreachable", f"{method} {url}: {_reason(error)}", where=url, service=service, transient=transient
        ) from error


def _reason(error: BaseException) -> str:
    """Return why there was no answer: the innermost error's own words, without the layers around it."""
    chain: list[BaseException] = []
    inner: BaseException | None = error
    while inner is not None and inner not in chain:
        chain.append(inner)
        inner = inner.__cause__ or inner.__context__
    for cause in reversed(chain):
        if isinstance(cause, RemoteDisconnected):
            return "the connection was closed without an answer"
        if isinstance(cause, TimeoutError):
            return "no answer within the time limit"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
    return str(error)


def accepts(where: Credentials, username: str, password: Secret, timeout: float = 60.0, domain: str = "") -> bool:
    """Return whether keystone accepts the password, without asking for a project. Raises ApiProblem for the rest.

    ``domain`` is the user's, where it is another than the administrator's.
    """
    session = open_session(where, pool=1, timeout=timeout)
    user = {"name": username, "domain": {"name": domain or where.user_domain_name}, "password": password.reveal()}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": "unscoped"}}
    url = f"{where.keystone}/v3/auth/tokens"
    try:
        answer = guard(
            where, "POST", "identity", url,
            lambda: session.request(url, "POST", json=body, authenticated=False, raise_exc=False, log=False),
        )  # fmt: skip
    finally:
        session.session.close()
    if answer.status_code == 401:
        return False
    if answer.status_code >= 400:
        raise from_answer("identity", "POST", url, answer.status_code, answer.headers, answer.text)
    return True
