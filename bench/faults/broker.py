"""Faults of the message queue.

Source: rabbitmqctl(8), RabbitMQ's pages on alarms and on access control; which program consumes which queue is in the
services' templates (``nova-base.j2``, ``octavia.conf.j2``).
"""

from __future__ import annotations

from typing import Any

from bench.faults.fault import Fault, container
from bench.faults.guests import boot, gone, mine, shown, until_state
from bench.faults.lab import Lab

BROKER = container("rabbitmq")
QUEUE = "conductor"
FEW = 5
"""Fewer connections than this are those of nobody who works."""


def _alarm(lab: Lab) -> bool:
    return "resource_limit" in lab.broker("eval", "rabbit_alarm:get_alarms().")


def _disk(lab: Lab) -> None:
    lab.broker("set_disk_free_limit", "100000GB")


def _disk_back(lab: Lab, _: Any) -> None:
    lab.broker("set_disk_free_limit", "256MB")


def _memory(lab: Lab) -> None:
    lab.broker("set_vm_memory_high_watermark", "absolute", "1MB")


def _memory_back(lab: Lab, _: Any) -> None:
    lab.broker("set_vm_memory_high_watermark", "absolute", "512MiB")


def _close(lab: Lab) -> None:
    lab.broker("close_all_connections", "fault")


def _unused(lab: Lab) -> bool:
    return len(lab.broker("list_connections", "name", "--no-table-headers").splitlines()) < FEW


def _password(lab: Lab) -> None:
    # The tool itself would ask a terminal for it.
    words = '<<"openstack">>, <<"another">>, <<"fault">>'
    lab.broker("eval", f"rabbit_auth_backend_internal:change_password({words}).")
    _close(lab)


def _other_password(lab: Lab) -> bool:
    login = lab.broker("eval", 'rabbit_access_control:check_user_pass_login(<<"openstack">>, <<"another">>).')
    return login.lstrip().startswith("{ok,")


def _definitions(lab: Lab, _: Any) -> None:
    """Give users and permissions back: the broker reads them at its start."""
    lab.restart("rabbitmq")


def _permissions(lab: Lab) -> None:
    lab.broker("clear_permissions", "openstack")
    _close(lab)


def _no_permissions(lab: Lab) -> bool:
    return "openstack" not in lab.broker("list_permissions", "--no-table-headers")


def _stop_app(lab: Lab) -> None:
    lab.broker("stop_app")


def _start_app(lab: Lab, _: Any) -> None:
    lab.broker("start_app")


def _delete_queue(lab: Lab) -> None:
    lab.broker("delete_queue", QUEUE)


def _unconsumed(lab: Lab) -> bool:
    rows = [line.split() for line in lab.broker("list_queues", "name", "consumers", "--no-table-headers").splitlines()]
    return not any(row[0] == QUEUE and int(row[1]) > 0 for row in rows if len(row) == 2)


def _purge(lab: Lab) -> str:
    """Boot a guest while nobody takes the order, and throw the order away."""
    lab.docker("pause", lab.name("nova_conductor"))
    try:
        guest = boot(lab)
        lab.broker("purge_queue", QUEUE)
    finally:
        lab.docker("unpause", lab.name("nova_conductor"))
    until_state(lab, guest, "BUILD", seconds=10)
    return guest


def _stuck(lab: Lab) -> bool:
    return any(shown(lab, guest)["status"] == "BUILD" for guest in mine(lab))


FAULTS = (
    Fault("broker-disk-alarm", _disk, (BROKER, "alarm|disk"), _disk_back, there=_alarm, patience=75),
    Fault("broker-memory-alarm", _memory, (BROKER, "alarm|memory"), _memory_back, there=_alarm, patience=75),
    Fault(
        "broker-password",
        _password,
        (BROKER, "password|login|refus|credential|authenticat|access"),
        _definitions,
        there=_other_password,
        patience=30,
    ),
    Fault(
        "broker-permissions",
        _permissions,
        (BROKER, "permission|refus|access|right|not allowed"),
        _definitions,
        there=_no_permissions,
        patience=30,
    ),
    Fault(
        "broker-application-stopped", _stop_app, (BROKER, "port|5672|answer|unhealthy|not run|stopp|listen"), _start_app
    ),
    Fault("broker-connections-closed", _close, (BROKER, "connect"), heals=True, patience=90, there=_unused),
    Fault(
        "broker-queue-deleted", _delete_queue, (f"{BROKER}|queue", QUEUE), heals=True, patience=90, there=_unconsumed
    ),
    Fault("broker-queue-purged", _purge, ("guest|instance|server", "schedul|build|stuck|lost"), gone, there=_stuck),
)
