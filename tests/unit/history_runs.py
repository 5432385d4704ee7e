"""Recorded runs for the tests of what reads the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from skylift.journal import Journal
from skylift.model.event import (
    PhaseFinished,
    PhaseStarted,
    PlanMade,
    RunFinished,
    RunResult,
    RunStarted,
    StepFinished,
    StepStarted,
)
from skylift.model.plan import Operation, Plan
from skylift.model.problem import Problem

DB, API, SCHEMA = "skylift-node1-mariadb", "skylift-node1-nova_api", "skylift-node1-nova_schema"
FAILURE = Problem("container-exited", "A container ended that should keep running", "nova_api\n  | no such host",
                  "skylift logs nova_api", "nova_api")  # fmt: skip


def op(action: str, target: str, service: str = "", *needs: str, cause: str = "it is not there") -> Operation:
    """Return an operation whose id is made of action and target."""
    return Operation(f"{action}:{target}", action, target, cause, service, frozenset(needs))


FIRST = (
    op("container.create", DB, "mariadb"),
    op("container.ready", DB, "mariadb", f"container.create:{DB}"),
    op("container.create", SCHEMA, "nova"),
    op("job.run", SCHEMA, "nova", f"container.ready:{DB}", f"container.create:{SCHEMA}"),
    op("container.create", API, "nova"),
    op("container.ready", API, "nova", f"job.run:{SCHEMA}", f"container.create:{API}"),
)
RECREATED = (
    op("container.remove", API, "nova", cause="nova.conf changed"),
    op("container.create", API, "nova", f"container.remove:{API}", cause="nova.conf changed"),
)


class Time:
    """A clock that a test moves; both of a journal's clocks."""

    def __init__(self, start: float) -> None:
        self.start = start
        self.now = 0.0

    def journal(self, verb: str, folder: Path, cloud: str = "skylift", **more: Any) -> Journal:
        """Return a journal that runs on this clock."""
        return Journal(
            verb,
            cloud=cloud,
            release="2026.2",
            version=str(more.pop("version", "0.1.0")),
            mask=more.pop("mask", str),
            journal=folder,
            clock=lambda: self.start + self.now,
            ticks=lambda: self.now,
            **more,
        )


def record(
    folder: Path,
    verb: str = "up",
    *,
    start: float = 1.8e9,
    operations: Sequence[Operation] = FIRST,
    settings: Mapping[str, str] | None = None,
    config: Path | None = None,
    desired: Mapping[str, Any] | None = None,
    failing: str = "",
    end: str = "ok",
    values: Mapping[str, Any] | None = None,
    **more: Any,
) -> Journal:
    """Record a run in which each operation takes a second, one after another; the step ``failing`` fails.

    ``end``: ok, failed, or nothing for a run that was cut off.
    """
    clock = Time(start)
    run = clock.journal(verb, folder, **more)
    run.settings("".join(f'{key}: "{value}"\n' for key, value in (settings or {}).items()))
    if config is not None:
        run.input(config)
    if desired is not None:
        run.desired(desired)
    run(RunStarted(run.id, verb, "skylift"))
    if operations:
        run.plan(Plan("skylift", tuple(operations)))
        run(PlanMade(tuple(one.as_dict() for one in operations)))
        run(PhaseStarted("apply", len(operations)))
        for one in operations:
            run(StepStarted(one.id, one.action, one.target, one.cause))
            clock.now += 1.0
            failed = one.id == failing
            run(StepFinished(one.id, "failed" if failed else "ok", 1.0, problem=FAILURE.as_dict() if failed else None))
        run(PhaseFinished("apply", clock.now))
    if values is not None:
        run(RunResult(dict(values)))
    if end:
        run(RunFinished(run.id, end, clock.now))
        run.finish(end, FAILURE if end == "failed" else None)
    else:
        cut_off(run)
    return run


def cut_off(run: Journal) -> None:
    """Make a run look as if its process had been killed."""
    run.finish("ok")
    (run.folder / "outcome.json").unlink()
    facts = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps(facts | {"pid": 0}))


def desired(nova_conf: str = "[libvirt]\nvirt_type = qemu\n", **more: Any) -> dict[str, Any]:
    """Return what a run meant: two containers of nova that share a file, and a database."""
    files = {"/etc/nova.conf": {"mode": "0600", "text": f"digest-of-{len(nova_conf)}-{nova_conf[-9:]}"}}
    image = more.pop("image", "sha256:aaaa")

    def container(short: str, service: str, files: Mapping[str, Any], *, job: bool = False) -> dict[str, Any]:
        facts = {"short": short, "service": service, "node": "node1", "job": job, "digest": "d", "files": dict(files)}
        return {**facts, "image": f"skylift/{short.replace('_', '-')}:2026.2", "image_id": image}

    document: dict[str, Any] = {
        "settings": {"debug": "no"},
        "services": {"nova": True, "heat": False},
        "networks": {"internal": "172.24.0.0/24"},
        "volumes": ["skylift-node1-mariadb", "skylift-node1-logs"],
        "data_volumes": ["skylift-node1-mariadb"],
        "containers": {
            DB: container("mariadb", "mariadb", {}),
            API: container("nova_api", "nova", files),
            "skylift-node1-nova_scheduler": container("nova_scheduler", "nova", files),
            SCHEMA: container("nova_schema", "nova", {}, job=True),
        },
        "texts": {files["/etc/nova.conf"]["text"]: nova_conf},
    }
    return document | more
