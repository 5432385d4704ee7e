"""The keystoneauth session behind the client. Importing this costs 0.3 s: only client.py does, when it must."""

from __future__ import annotations

import requests
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from requests.adapters import HTTPAdapter

from skylift.openstack.client import Credentials


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
