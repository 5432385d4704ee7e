"""What each part makes of the answers it gets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.engines.spec import epoch_of, state_of
from skylift.model.patient_cloud import Agent
from skylift.model.patient_infra import Queue
from skylift.observed.patient.examine import discover
from skylift.observed.patient.parts import (
    apis,
    broker,
    cache,
    database,
    guests,
    identity,
    machine,
    network,
    providers,
    quotas,
    switch,
    things,
)

NOW = 1_796_000_000.0
STAMP = "2026-11-29T23:13:20.000000"
"""A hundred minutes before NOW, in UTC."""


def salted(password: str, salt: bytes = b"salt") -> dict[str, Any]:
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {"hash": base64.b64encode(salt + digest).decode(), "rights": 1}


def test_every_part_says_how_a_person_would_look() -> None:
    parts = discover()
    assert {part.name for part in parts} >= {"containers", "database", "broker", "network", "guests"}
    assert all(part.source for part in parts) and len({part.name for part in parts}) == len(parts)


# The broker


def answer(**more: Any) -> dict[str, Any]:
    return {
        "alarms": [], "disk_free": "5000", "disk_limit": "256", "memory": "100", "memory_limit": "512",
        "maintenance": False, "listeners": ["clustering", "amqp"], "connections": 3, "user": salted("secret"),
        "queues": [
            {"name": "scheduler", "messages": 2, "consumers": 0},
            {"name": "x", "messages": "down", "consumers": 1},
        ],
        **more,
    }  # fmt: skip


def test_a_broker_that_is_well() -> None:
    found = broker.read(answer(), "secret")
    assert (found.listens, found.alarms, found.account, found.disk_free) == (True, (), "ok", 5000)
    assert found.queues == (Queue("scheduler", 2, 0), Queue("x", 0, 1))


def test_a_broker_in_trouble() -> None:
    alarms = ["{{resource_limit,disk,'rabbit@node1'},[]}", "{{resource_limit,memory,'rabbit@node1'},[]}"]
    found = broker.read(answer(alarms=[*alarms, "file_descriptor_limit"], listeners=["clustering"]), "secret")
    assert (found.listens, found.alarms) == (False, ("disk", "memory", "file_descriptor_limit"))


@given(st.text(min_size=1), st.text(min_size=1), st.binary(min_size=4, max_size=4))
def test_an_account_is_well_with_its_password_alone(password: str, other: str, salt: bytes) -> None:
    assert broker.account(salted(password, salt), password) == "ok"
    assert broker.account({**salted(password, salt), "rights": 0}, password) == "rights"
    assert broker.account(None, password) == "missing"
    if other != password:
        assert broker.account(salted(password, salt), other) == "password"


def test_the_question_to_the_broker_is_one_expression_with_the_user_in_it() -> None:
    assert broker.QUESTION.count('<<"openstack">>') == 2 and broker.QUESTION.endswith(".")
    assert "\n" not in broker.QUESTION and "~ts~n" in broker.QUESTION


# The database


def rows(*more: dict[str, Any], **variables: Any) -> list[dict[str, Any]]:
    first = {"kind": "variables", "limit": 1000, "read_only": 0, "clock": str(NOW + 0.5), **variables}
    account = {"kind": "account", "name": "nova", "hash": database.hashed("secret"), "locked": 0}
    schema = {"kind": "database", "name": "nova"}
    return [first, account, schema, {"kind": "status", "name": "threads_connected", "value": "42"}, *more]


def read(*more: dict[str, Any], **variables: Any) -> Any:
    return database.read(rows(*more, **variables), {"nova": database.hashed("secret")}, ["nova"], 1000, NOW)


def process(number: int, **more: Any) -> dict[str, Any]:
    plain = {"user": "nova", "database": "nova", "command": "Sleep", "seconds": 3.0, "state": "", "text": ""}
    return {"kind": "process", "id": number, **plain, **more}


def test_a_row_without_its_last_columns_is_read_all_the_same() -> None:
    whole = process(8, command="Query", text="UPDATE x")
    cut = {"kind": "process", "id": 7, "user": "nova", "seconds": 3.5}
    short, other = read(cut, whole).statements
    assert (short.id, short.user, short.seconds, short.state, short.waits) == (7, "nova", 3.5, "", False)
    assert (other.id, other.text) == (8, "UPDATE x")


def test_a_database_that_is_well() -> None:
    found = read(process(7))
    assert (found.connections, found.limit, found.read_only) == (42, 1000, False)
    assert found.accounts == {"nova": "ok"} and found.missing == () and found.galera == {}
    assert found.ahead == pytest.approx(0.5)
    assert not found.statements[0].waits and found.statements[0].open_for is None


def test_waits_are_seen_by_state_and_by_transaction() -> None:
    found = read(
        process(1, state="Waiting for table metadata lock", command="Query", text="SELECT  1\n"),
        process(2, command="Query", text="UPDATE x"),
        {"kind": "transaction", "id": 2, "open_for": 9, "waits": 1, "locks": 1},
        process(3),
        {"kind": "transaction", "id": 3, "open_for": 60, "waits": 0, "locks": 4},
        {"kind": "wait", "id": 2, "by": 3},
        process(4),
        {"kind": "transaction", "id": 4, "open_for": 600, "waits": 0, "locks": 0},
    )
    by_id = {one.id: one for one in found.statements}
    assert by_id[1].waits and by_id[1].text == "SELECT 1"
    assert by_id[2].waits and by_id[2].blocked_by == 3
    assert by_id[3].open_for == 60 and not by_id[3].waits
    assert by_id[4].open_for is None, "it holds no lock"


def test_accounts_databases_and_cluster() -> None:
    changed: list[dict[str, Any]] = [
        {"kind": "variables", "limit": 20, "read_only": "ON", "clock": NOW - 400},
        {"kind": "account", "name": "nova", "hash": "*OTHER", "locked": 0},
        {"kind": "account", "name": "heat", "hash": "*X", "locked": "true"},
        {"kind": "database", "name": "mysql"},
        {"kind": "status", "name": "wsrep_cluster_size", "value": "2"},
        {"kind": "status", "name": "wsrep_ready", "value": "OFF"},
        {"kind": "unmapped", "host": "node2"},
    ]
    found = database.read(changed, {"nova": "*N", "heat": "*X", "glance": "*G"}, ["nova"], 0, NOW)
    assert found.accounts == {"nova": "password", "heat": "locked", "glance": "missing"}
    assert found.missing == ("nova",) and found.read_only and found.ahead == -400
    assert found.galera["wsrep_ready"] == "OFF" and found.unmapped == ("node2",)


def test_the_hash_is_the_servers() -> None:
    """As ``SELECT PASSWORD('password')`` gives it."""
    assert database.hashed("password") == "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"


# Cache and keystone


@pytest.mark.parametrize("said", [b"", b"STAT curr_connections 1\r\n", b"x" * 200_000])
async def test_half_an_answer_of_the_cache_is_no_crash(said: bytes) -> None:
    async def half(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        with suppress(OSError):
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(half, "127.0.0.1", 0) as server:
        with pytest.raises(OSError):
            await cache.ask("127.0.0.1", server.sockets[0].getsockname()[1])


def test_the_caches_numbers() -> None:
    text = "STAT pid 7\r\nSTAT curr_connections 12\r\nSTAT max_connections 1024\r\nSTAT uptime 99\r\nEND\r\n"
    found = cache.read(text)
    assert (found.connections, found.limit, found.uptime) == (12, 1024, 99.0)


def test_keys_are_told_apart_without_telling_them() -> None:
    good = base64.urlsafe_b64encode(b"k" * 32).decode()
    found = identity.keys({"/k/0": good, "/k/10": good + "\n", "/k/2": "broken", "/k/0.tmp": good})
    assert [(key.number, key.valid) for key in found] == [(0, True), (2, False), (10, True)]
    assert all(good not in key.digest for key in found)


@given(st.binary(max_size=64))
def test_only_32_bytes_are_a_key(data: bytes) -> None:
    assert identity.is_key(base64.urlsafe_b64encode(data).decode()) == (len(data) == 32)


# Virtual networks


def test_chassis_have_their_addresses_and_the_age_of_their_report() -> None:
    found = network.chassis(
        [{"name": "node1", "hostname": "node1", "encaps": ["set", [["uuid", "e1"], ["uuid", "e2"]]]},
         {"name": "old", "hostname": "x", "encaps": ["uuid", "e3"]}],
        [{"_uuid": ["uuid", "e1"], "ip": "172.24.8.16"}, {"_uuid": ["uuid", "e3"], "ip": "172.24.8.16"}],
        [{"name": "node1", "nb_cfg": 7, "nb_cfg_timestamp": int((NOW - 4) * 1000)}],
        NOW,
    )  # fmt: skip
    assert [(one.name, one.addresses, one.age) for one in found] == [
        ("node1", ("172.24.8.16",), pytest.approx(4.0)),
        ("old", ("172.24.8.16",), None),
    ]


def test_bindings_are_those_of_guests() -> None:
    def row(port: str, owner: str, chassis: Any, kind: str = "") -> dict[str, Any]:
        return {
            "logical_port": port, "chassis": chassis, "up": True, "type": kind,
            "options": ["map", [["requested-chassis", "node1"]]],
            "external_ids": ["map", [["neutron:device_owner", owner]]],
        }  # fmt: skip

    found = network.bindings([
        row("a", "compute:nova", ["set", []]), row("b", "compute:nova", ["uuid", "c"]),
        row("r", "network:router_gateway", ["set", []]), row("p", "compute:nova", ["set", []], "localport"),
    ])  # fmt: skip
    assert [(one.port, one.chassis, one.host) for one in found] == [("a", "", "node1"), ("b", "c", "node1")]


def test_the_switch() -> None:
    tables: list[list[dict[str, Any]]] = [
        [
            {
                "external_ids": ["map", [["system-id", "node1"]]],
                "other_config": ["map", [["userspace-tso-enable", "true"]]],
            }
        ],
        [
            {"name": "br-ex", "ports": ["set", [["uuid", "p1"], ["uuid", "p2"]]]},
            {"name": "br-int", "ports": ["uuid", "p3"]},
        ],
        [{"_uuid": ["uuid", f"p{number}"], "name": name} for number, name in ((1, "eth1"), (2, "br-ex"), (3, "tap1"))],
        [
            {"name": "tap1", "external_ids": ["map", [["iface-id", "port1"]]], "error": ["set", []], "ofport": 3},
            {"name": "tap2", "external_ids": ["map", [["iface-id", "port2"]]], "error": "gone", "ofport": -1},
        ],
    ]  # fmt: skip
    found = switch.read(tables, {}, [("br-ex", "eth")], 12, userspace=True)
    assert found.settings == {"system-id": "node1"} and found.segmentation and found.flows == 12
    assert found.ports == {"br-ex": ("br-ex", "eth1"), "br-int": ("tap1",)}
    assert found.taps == {"port1": "tap1"} and found.errors == (("tap2", "gone"),)
    assert not switch.read(
        [[{"external_ids": [], "other_config": []}], [], [], []], {}, [], None, userspace=True
    ).segmentation
    assert switch.QUESTION.startswith('["Open_vSwitch", {"op": "select"') and json.loads(switch.QUESTION)


# APIs


def test_an_agent_that_was_started_anew_is_told_once() -> None:
    old, new = Agent("heat", "heat-engine", "node1", False, age=900), Agent("heat", "heat-engine", "node1", True, age=3)
    gone = Agent("nova", "nova-compute", "node1", False, age=5)
    assert apis.merged([old, new, gone]) == apis.merged([new, old, gone]) == (new, gone)


def test_ages() -> None:
    assert apis.age(STAMP, NOW) == apis.age(STAMP + "Z", NOW) == 6000.0
    assert apis.age(None, NOW) is None and apis.age("soon", NOW) is None
    assert apis.age("2030-01-01T00:00:00", NOW) == 0.0


def test_guests() -> None:
    server = {
        "id": "g", "name": "web", "status": "ERROR", "updated": STAMP, "OS-EXT-STS:task_state": None,
        "OS-EXT-SRV-ATTR:host": "node1", "fault": {"message": "No valid host was found."},
        "flavor": {"vcpus": 1, "ram": 128, "disk": 0, "original_name": "m1.tiny"},
    }  # fmt: skip
    found = guests.guest(server, {"g": "running"}, NOW)
    assert (found.fault, found.age, found.runs, found.wants["MEMORY_MB"]) == (
        "No valid host was found.",
        6000,
        True,
        128,
    )
    assert guests.guest(server, {}, NOW).runs is False
    assert guests.guest(server, None, NOW).runs is None


def test_things_that_are_well_are_left_out() -> None:
    balancers = [
        {"id": "1", "name": "a", "provisioning_status": "ACTIVE", "updated_at": STAMP},
        {"id": "2", "name": "b", "provisioning_status": "PENDING_UPDATE", "updated_at": STAMP},
    ]
    assert [(one.name, one.age) for one in things.balancers(balancers, NOW)] == [("b", 6000)]
    volumes = [
        {"id": str(number), "name": "", "status": status, "updated_at": None, "created_at": STAMP}
        for number, status in enumerate(("available", "in-use", "error_deleting", "deleting"))
    ]
    assert [(one.name, one.status) for one in things.volumes(volumes, NOW)] == [
        ("2", "error_deleting"),
        ("3", "deleting"),
    ]


def test_limits_that_are_reached() -> None:
    limits = {
        "id": "p", "instances": {"limit": 10, "in_use": 9, "reserved": 1}, "cores": {"limit": -1, "in_use": 100},
        "ram": {"limit": 100, "in_use": 99}, "none": {"limit": 0, "in_use": 0},
        "port": {"limit": 3, "used": 4, "reserved": 0},
    }  # fmt: skip
    assert [one.resource for one in quotas.reached("nova", "demo", limits)] == ["instances", "port"]


def test_members_that_do_not_answer() -> None:
    members = [
        {"address": "10.0.0.2", "protocol_port": 80, "operating_status": "ERROR"},
        {"address": "10.0.0.3", "protocol_port": 80, "operating_status": "ONLINE"},
    ]
    # A pool is told with its listener; one that no listener has, alone.
    balancer = {"listeners": [{"pools": [{"members": members}]}, {"pools": []}], "pools": [{"members": members[:1]}]}
    assert things.silent_members(balancer) == [("10.0.0.2", 80)]


def test_a_guest_that_ended_was_stopped_by_nobody() -> None:
    assert guests.ended({"action": "stop", "user_id": None})
    assert not guests.ended({"action": "stop", "user_id": "u"})
    assert not guests.ended({"action": "create", "user_id": "u"})
    assert not guests.ended({})


def test_what_was_given_away_to_nobody() -> None:
    given = {"g1": {"resources": {"VCPU": 1}}, "x": {"resources": {"MEMORY_MB": 512}}}
    assert providers.strays(given, {"g1"}) == {"x": {"MEMORY_MB": 512.0}}


def test_stocks() -> None:
    inventories = {"VCPU": {"total": 2, "reserved": 0, "allocation_ratio": 16.0}}
    assert providers.stocks(inventories, {"VCPU": 30})["VCPU"].free == 2


# The machine


def test_what_the_kernel_killed_of_this_cloud() -> None:
    group = "a" * 64
    records = [
        "6,1,1000000,-;something else",
        f"6,2,90000000,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task_memcg=/docker/{group},task=qemu-system,pid=7,uid=0",
        f"6,3,95000000,-;oom-kill:constraint=CONSTRAINT_NONE,task_memcg=/docker/{'b' * 64},task=python3,pid=8,uid=0",
    ]
    assert list(machine.killed(iter(records), 100.0, {group: "nova_libvirt"})) == [
        ("qemu-system in nova_libvirt", 10.0)
    ]


def test_pressure(tmp_path: Path) -> None:
    file = tmp_path / "memory"
    file.write_text("some avg10=0.00 avg60=1.00 avg300=0 total=1\nfull avg10=0.00 avg60=42.50 avg300=0 total=1\n")
    assert machine.stalled(file) == pytest.approx(0.425)
    assert machine.stalled(tmp_path / "none") is None


def test_bridges_that_are_down(tmp_path: Path) -> None:
    for name, flags in (("up", "0x1003"), ("down", "0x1002")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "flags").write_text(flags + "\n")
    assert list(machine.downed(["up", "down", "gone"], tmp_path)) == ["down", "gone"]
    assert list(machine.downed(["a", "b"], tmp_path)) == [], "the engine is on another machine"


# What the engine tells


@given(st.integers(0, 4_000_000_000), st.integers(0, 999_999_999), st.sampled_from(("Z", "+00:00", "+05:30", "-11:00")))
def test_the_engines_stamps(seconds: int, nanos: int, zone: str) -> None:
    from datetime import UTC, datetime, timedelta, timezone

    sign = -1 if zone[0] == "-" else 1
    offset = timedelta() if zone == "Z" else sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    shown = datetime.fromtimestamp(seconds, UTC).astimezone(timezone(offset)).strftime("%Y-%m-%dT%H:%M:%S")
    assert epoch_of(f"{shown}.{nanos:09d}{zone}") == pytest.approx(seconds + nanos / 1e9, abs=1e-3)
    assert epoch_of(f"{shown}{zone}") == seconds


@given(st.text(max_size=40))
def test_any_other_text_is_no_stamp(text: str) -> None:
    assert epoch_of(text) >= 0.0 or text[:1].isdigit()


def test_the_state_tells_of_memory_errors_and_the_last_check() -> None:
    state = {
        "Status": "exited", "ExitCode": 137, "OOMKilled": True, "Error": "no such file",
        "Health": {"Status": "unhealthy", "Log": [
            {"End": "2026-11-30T00:00:00Z", "ExitCode": 0, "Output": ""},
            {"End": "2026-11-30T01:00:00.5Z", "ExitCode": 1, "Output": "first\nlast\n"},
        ]},
    }  # fmt: skip
    shown = {"Name": "/x", "Id": "1", "Image": "i", "Config": {"Image": "r"}, "HostConfig": {}, "State": state}
    found = state_of(shown)
    assert (found.oom_killed, found.error) == (True, "no such file")
    assert found.checked == (epoch_of("2026-11-30T01:00:00.5Z"), False, "last")
