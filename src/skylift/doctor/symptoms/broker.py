"""RabbitMQ: whether it answers, takes messages, and somebody takes them off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skylift.doctor.sign import FIX, Layer, Sign, behind, down, edited, finding, infrastructure, size, users_of
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.patient_infra import Broker
from skylift.model.remedy import Remedy

NAME = "rabbitmq"
PRIVATE = re.compile(r"_fanout_|^reply_")
"""Queues of one process: what stands in them when it is gone expires."""
BACKLOG = 500
AMPLE = 1e9
"""Bytes free at which a disk alarm comes from its limit, not from the disk."""


def find(patient: Patient) -> Iterator[Sign]:
    """Yield signs of a broker that does not pass messages on."""
    container = patient.container(NAME)
    unread = patient.why_unread("broker")
    if unread is not None and container is not None and container.runs:
        yield Sign(
            finding(
                "broker-silent",
                "error",
                "The message broker does not answer",
                "its process runs, and the broker in it is stopped, starting or hangs",
                [Evidence(unread.why, unread.source, 0.0)],
                f"skylift logs {NAME} --since 30m\n{FIX}   (restarts it)",
                NAME,
            ),
            Layer.INFRASTRUCTURE,
            (("disk-full", ""), *edited(NAME), *down(*sorted(behind(patient, container))), *down(NAME)),
            0.0,
            (Remedy("restart", NAME, "it does not answer"),),
        )
    if patient.broker is not None:
        yield from _alarms(patient.broker)
        yield from _closed(patient.broker)
        yield from _queues(patient, patient.broker)


def _alarms(broker: Broker) -> Iterator[Sign]:
    for alarm in broker.alarms:
        if alarm == "disk":
            seen = f"{size(broker.disk_free)} free, at least {size(broker.disk_limit)} must be"
            cause = "it holds back everybody who publishes until as much of its disk is free as its limit asks for"
            raised = broker.disk_free > AMPLE
            if raised:
                cause += "; the limit is out of the ordinary: somebody changed it while it ran"
            fix = f"{FIX}   (restarts it, with the limit of its configuration)" if raised else "docker system df"
        elif alarm == "memory":
            seen = f"{size(broker.memory)} in use, the mark is {size(broker.memory_limit)}"
            cause = "it holds back everybody who publishes until it uses less memory than its mark"
            raised = True
            fix = f"skylift exec {NAME} rabbitmqctl list_queues name messages memory\n{FIX}   (restarts it)"
        else:
            seen, cause, raised = alarm, "it holds back everybody who publishes", True
            fix = f"skylift exec {NAME} rabbitmq-diagnostics alarms\n{FIX}   (restarts it)"
        remedies = (Remedy("restart", NAME, f"its {alarm} alarm is raised"),) if raised else ()
        yield Sign(
            finding(
                "broker-alarm",
                "error",
                "The message broker takes no messages: an alarm is raised",
                f"its {alarm} alarm is raised: {cause}",
                [Evidence(f"{alarm} alarm: {seen}", "rabbitmq-diagnostics alarms", 0.0)],
                fix,
                NAME,
            ),
            Layer.INFRASTRUCTURE,
            (("disk-full", ""), ("disk-low", ""), ("memory-low", "")),
            1.0,
            remedies,
        )


def _closed(broker: Broker) -> Iterator[Sign]:
    if broker.listens and not broker.maintenance:
        return
    yield Sign(
        finding(
            "broker-closed",
            "error",
            "The message broker takes no clients",
            "it is in maintenance mode" if broker.maintenance else "its listeners are suspended",
            [
                Evidence(
                    "no listener for amqp" if not broker.listens else "under maintenance", "rabbitmqctl status", 0.0
                )
            ],
            f"skylift exec {NAME} rabbitmqctl resume_listeners\n{FIX}   (restarts it)",
            NAME,
        ),
        Layer.INFRASTRUCTURE,
        (),
        1.0,
        (Remedy("restart", NAME, "it takes no clients"),),
    )


def _queues(patient: Patient, broker: Broker) -> Iterator[Sign]:
    shared = [queue for queue in broker.queues if queue.messages and not PRIVATE.search(queue.name)]
    users = down(*users_of(patient, NAME))
    for queue in shared:
        if queue.consumers == 0:
            yield Sign(
                finding(
                    "queue-unread",
                    "warning",
                    "Messages wait in a queue that nobody reads",
                    "the program that should read it does not run, or has lost its connection",
                    [Evidence(f"{queue.messages} messages, no consumer", "rabbitmqctl list_queues", 0.0)],
                    "skylift status   (which container is in trouble?)",
                    queue.name,
                ),
                Layer.AGENT,
                (*users, *infrastructure(patient, "rabbitmq"), ("broker-account", ""), ("agent-silent", "")),
            )
        elif queue.messages >= BACKLOG:
            yield Sign(
                finding(
                    "queue-backlog",
                    "warning",
                    "Messages pile up in a queue",
                    "who reads it takes them off more slowly than they come",
                    [
                        Evidence(
                            f"{queue.messages} messages, {queue.consumers} consumers", "rabbitmqctl list_queues", 0.0
                        )
                    ],
                    "skylift status   (which container is in trouble?)",
                    queue.name,
                ),
                Layer.AGENT,
                (*users, *infrastructure(patient, "rabbitmq")),
            )
