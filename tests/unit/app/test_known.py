"""A failed operation tells what a rule knows of it, once, and otherwise stays as it was."""

from __future__ import annotations

import pytest

from skylift.app.known import explained, telling
from skylift.model.plan import Operation
from skylift.model.problem import Problem
from skylift.openstack.errors import ApiProblem

LINES = "exit code 1; its last lines:\nERROR 1049 (42000): Unknown database 'heat'"
KNOWN = Problem("job-failed", "A one-time job failed", LINES, "See 'skylift logs heat_schema'.", "heat_schema")
UNKNOWN = Problem("job-failed", "A one-time job failed", "exit code 1; its last lines:\nmoon", "fix", "heat_schema")
OPERATION = Operation("job.run:x", "job.run", "x", "why")


def test_what_is_known_comes_first() -> None:
    told = explained(KNOWN)
    assert (told.code, told.summary, told.where) == (KNOWN.code, KNOWN.summary, KNOWN.where)
    first, rest = told.detail.split("\n", 1)
    assert first.startswith("A service's database does not exist (database-missing). MariaDB answers")
    assert rest == LINES
    assert told.fix == "skylift apply\nSee 'skylift logs heat_schema'."


def test_what_an_api_answered_stays_with_it() -> None:
    """Its problem has a form of its own, and who catches it decides by its status."""
    detail = "POST http://10.0.0.1:9292/v2/images was answered 500: [Errno 28] No space left on device"
    told = explained(ApiProblem("api-failed", detail, where="http://10.0.0.1:9292", service="glance", status=500))
    assert isinstance(told, ApiProblem)
    assert (told.code, told.status, told.transient) == ("api-failed", 500, False)
    assert told.detail.endswith(detail) and told.detail != detail
    assert told.fix.endswith("skylift logs glance")
    assert str(told).startswith(told.summary)


def test_what_is_unknown_stays() -> None:
    assert explained(UNKNOWN) is UNKNOWN
    assert explained(Problem("a-b", "s")).detail == ""


async def test_handlers_tell() -> None:
    async def fine(_: Operation) -> str:
        return "done"

    async def known(_: Operation) -> str:
        raise KNOWN

    async def unknown(_: Operation) -> str:
        raise UNKNOWN

    handlers = telling({"fine": fine, "known": known, "unknown": unknown})
    assert await handlers["fine"](OPERATION) == "done"
    with pytest.raises(Problem) as caught:
        await handlers["known"](OPERATION)
    assert "database-missing" in caught.value.detail
    with pytest.raises(Problem) as caught:
        await handlers["unknown"](OPERATION)
    assert caught.value is UNKNOWN
