"""What OpenStack's APIs say when they refuse, as Problems."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from skylift.model.problem import Problem

SUMMARIES = {
    "api-unreachable": "An OpenStack API does not answer",
    "api-login-refused": "Keystone refuses the user name or the password",
    "api-refused": "An OpenStack API refused a request",
    "api-failed": "An OpenStack API failed on a request",
    "api-not-in-catalogue": "The catalogue has no endpoint for an OpenStack service",
    "api-answer-unreadable": "An OpenStack API gave an answer that is no JSON",
}
_FIXES = {
    "api-unreachable": "skylift status",
    "api-login-refused": "Compare keystone_admin_password in passwords.yml with the cloud's, then: skylift apply",
    "api-failed": "skylift logs {service}",
    "api-not-in-catalogue": "skylift apply",
}


class ApiProblem(Problem):
    """A Problem with what a caller may want to decide on.

    ``service`` is who answered (``nova``).
    ``status`` is the HTTP status, 0 when there was no answer. ``message`` is the API's own words. ``transient`` means
    that the same request may succeed soon and that sending it again cannot do a thing twice.
    """

    def __init__(
        self, code: str, detail: str, *, where: str, service: str = "", status: int = 0, message: str = "",
        transient: bool = False,
    ) -> None:  # fmt: skip
        fix = _FIXES.get(code, "").format(service=service)
        super().__init__(code, SUMMARIES[code], detail, fix, where)
        self.service = service
        self.status = status
        self.message = message
        self.transient = transient


def from_answer(service: str, method: str, url: str, status: int, headers: Mapping[str, str], text: str) -> ApiProblem:
    """Return the Problem for an answer with an error status: status, the API's words and the request id."""
    message = words(text)
    identity = headers.get("x-openstack-request-id") or headers.get("X-Openstack-Request-Id") or ""
    detail = f"{method} {url} was answered {status}: {message or 'no reason given'}"
    if identity:
        detail += f"\nrequest id: {identity}"
    code = "api-failed" if status >= 500 else "api-refused"
    return ApiProblem(
        code, detail, where=url, service=service, status=status, message=message, transient=status in (502, 503, 504)
    )


def words(text: str) -> str:
    """Return the reason inside an error body, whichever of the services' forms it has; at most 600 characters."""
    try:
        found = _message(json.loads(text))
    except ValueError:
        found = ""
    if not found:
        found = re.sub(r"<(style|script|title)\b.*?</\1>", " ", text, flags=re.DOTALL | re.IGNORECASE)
        found = re.sub(r"<[^>]*>", " ", found)
    return " ".join(found.split())[:600]


def _message(body: Any) -> str:
    if isinstance(body, list):
        return "; ".join(filter(None, (_message(item) for item in body)))
    if not isinstance(body, dict):
        return ""
    # keystone, nova, cinder: {"badRequest": {"message"}}; octavia: faultstring; placement: errors[].detail.
    for key in ("message", "faultstring", "detail", "debuginfo"):
        if isinstance(body.get(key), str) and body[key]:
            return str(body[key])
    return "; ".join(filter(None, (_message(value) for value in body.values())))
