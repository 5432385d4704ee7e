"""A repair that ``skylift doctor --fix`` may carry out: nothing that loses data or stops guests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RemedyKind = Literal["restart", "repeat", "run", "enable"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """``restart`` a container, ``repeat`` a job, ``run`` a command inside a container, ``enable`` an agent.

    ``target`` is the container (``nova_api``), or the agent's id with ``service``; ``why`` is told in the plan.
    """

    kind: RemedyKind
    target: str
    why: str
    command: tuple[str, ...] = ()
    service: str = ""
