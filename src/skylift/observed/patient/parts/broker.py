"""RabbitMQ, asked once: its tool takes a second to start."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from skylift.model.patient_infra import Broker, Queue
from skylift.observed.patient.bed import Bed

PART, SOURCE = "broker", "skylift exec rabbitmq rabbitmqctl status"
USER, KEY = "openstack", "rabbitmq_password"
QUESTION = (
    "S = rabbit:status(), P = fun(K) -> proplists:get_value(K, S) end, "
    'T = fun(X) -> iolist_to_binary(io_lib:format("~w", [X])) end, '
    "U = case rabbit_auth_backend_internal:lookup_user(<<USER>>) of "
    "{ok, X} -> #{hash => base64:encode(internal_user:get_password_hash(X)), "
    "rights => length(rabbit_auth_backend_internal:list_user_permissions(<<USER>>))}; _ -> null end, "
    'io:format("~ts~n", [rabbit_json:encode(#{alarms => [T(A) || A <- P(alarms)], disk_free => T(P(disk_free)), '
    "disk_limit => T(P(disk_free_limit)), memory_limit => T(P(vm_memory_high_watermark_limit)), "
    "memory => T(proplists:get_value(rss, proplists:get_value(total, P(memory)))), "
    "maintenance => P(is_under_maintenance), listeners => [T(element(3, L)) || L <- P(listeners)], "
    "connections => length(rabbit_networking:connections()), user => U, "
    "queues => [[{K, case V of {resource, _, _, N} -> N; _ -> V end} || {K, V} <- Q] || "
    'Q <- rabbit_amqqueue:info_all(<<"/">>, [name, messages, consumers])]})]).'
).replace("USER", f'"{USER}"')
"""An expression of Erlang, evaluated inside the broker, that prints one line of JSON."""


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``broker``. Raises ValueError with what the tool says when the broker does not answer it."""
    code, output = await bed.run("rabbitmq", ("rabbitmqctl", "--timeout", "4", "eval", QUESTION), seconds=5.5)
    line = next((line for line in output.splitlines() if line.startswith("{")), "")
    if code != 0 or not line:
        raise ValueError(_words(output) or f"exit code {code}")
    return {"broker": read(json.loads(line), bed.password(KEY).reveal())}


def read(answer: Mapping[str, Any], password: str) -> Broker:
    """Return the broker from its answer."""
    return Broker(
        listens="amqp" in answer["listeners"],
        alarms=tuple(alarm(text) for text in answer["alarms"]),
        disk_free=_number(answer["disk_free"]),
        disk_limit=_number(answer["disk_limit"]),
        memory=_number(answer["memory"]),
        memory_limit=_number(answer["memory_limit"]),
        connections=int(answer["connections"]),
        account=account(answer["user"], password),
        maintenance=bool(answer["maintenance"]),
        queues=tuple(_queue(item) for item in answer["queues"]),
    )


def alarm(text: str) -> str:
    """Return ``disk``, ``memory`` or the alarm's own name of an Erlang term: ``{{resource_limit,disk,N},[]}``."""
    return next((name for name in ("disk", "memory") if f"resource_limit,{name}" in text), text.strip("{}[], "))


def account(user: Mapping[str, Any] | None, password: str) -> str:
    """Return how the user stands whose salted hash the broker gave: four bytes of salt, then SHA-256 of both."""
    if user is None:
        return "missing"
    raw = base64.b64decode(user["hash"])
    if raw[4:] != hashlib.sha256(raw[:4] + password.encode()).digest():
        return "password"
    return "ok" if int(user["rights"]) else "rights"


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _queue(item: Mapping[str, Any]) -> Queue:
    # What a queue without a leader says of itself is no number.
    messages, consumers = (value if isinstance(value, int) else 0 for value in (item["messages"], item["consumers"]))
    return Queue(str(item["name"]), messages, consumers)


def _words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if "rror" in line or "unable" in line or "not running" in line]
    return "; ".join((told or lines)[:2])
