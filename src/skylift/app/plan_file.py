"""A plan in a file: what is applied later is what was planned, or nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skylift import __version__
from skylift.app.situation import Situation
from skylift.model.plan import AWAITED, Plan
from skylift.model.problem import Problem
from skylift.plan.basis import Basis, basis, moved

FORMAT, VERSION = "skylift-plan", 1
MOST_TOLD = 12


@dataclass(frozen=True)
class PlanFile:
    """A plan as it was saved. ``only`` are the services it was limited to, ``basis`` what it rests on."""

    path: Path
    cloud: str
    skylift: str
    only: tuple[str, ...]
    operations: tuple[dict[str, Any], ...]
    basis: Basis

    def check(self, situation: Situation) -> None:
        """Raise Problem ``plan-stale`` unless ``situation`` leads to the very same plan; it says what has moved."""
        differences = list(moved(self.basis, basis(situation.desired, situation.observed)))
        if not differences and _steps(self.operations) == _steps(_operations(situation.plan)):
            return
        if not differences:
            other = self.skylift != __version__
            differences = [
                f"it was made by Skylift {self.skylift}; this is {__version__}"
                if other
                else "the way there is another now"
            ]
        told = differences[:MOST_TOLD] + (
            [f"and {len(differences) - MOST_TOLD} more"] if differences[MOST_TOLD:] else []
        )
        raise Problem(
            code="plan-stale",
            summary="The world has moved since this plan was made, and nothing was changed",
            detail="\n".join(told),
            fix=f"Plan again: skylift plan --out {self.path}",
            where=str(self.path),
        )


def save(path: Path, situation: Situation, only: tuple[str, ...] = ()) -> None:
    """Write the plan of ``situation``. Raises Problem ``plan-file-unwritable``, ``plan-needs-images``."""
    if not situation.images.complete:
        raise Problem(
            code="plan-needs-images",
            summary="A plan is kept only when all its images are there",
            detail=f"{len(situation.images.missing)} images are missing; what they will be is not known yet",
            fix="skylift images build",
        )
    document = {
        "format": FORMAT,
        "version": VERSION,
        "skylift": __version__,
        "cloud": situation.plan.cloud,
        "only": list(only),
        "operations": _operations(situation.plan),
        "basis": dict(basis(situation.desired, situation.observed)),
    }
    try:
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise Problem(
            code="plan-file-unwritable",
            summary="The plan could not be written",
            detail=error.strerror or str(error),
            fix="Name a file in a folder you may write to.",
            where=str(path),
        ) from error


def read(path: Path, cloud: str) -> PlanFile:
    """Return the plan in ``path``. Raises Problem ``plan-file-invalid`` for what is no plan of ``cloud``."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("format") != FORMAT:
            raise _invalid(path, "it was not written by 'skylift plan --out'")
        if document.get("version") != VERSION:
            raise _invalid(path, f"it has version {document.get('version')}; this Skylift reads version {VERSION}")
        if document["cloud"] != cloud:
            raise _invalid(path, f"it is for the cloud {document['cloud']}; the settings name {cloud}")
        operations = tuple(document["operations"])
        _steps(operations)
        return PlanFile(
            path,
            cloud,
            str(document["skylift"]),
            tuple(map(str, document["only"])),
            operations,
            {str(name): str(value) for name, value in document["basis"].items()},
        )
    except OSError as error:
        raise _invalid(path, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _invalid(path, f"it is no plan: {type(error).__name__}: {error}") from error


def _invalid(path: Path, detail: str) -> Problem:
    return Problem(
        code="plan-file-invalid",
        summary="This file holds no plan that can be applied",
        detail=detail,
        fix=f"skylift plan --out {path}",
        where=str(path),
    )


def _operations(plan: Plan) -> list[dict[str, Any]]:
    return [operation.as_dict() for operation in plan]


def _steps(operations: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Return what is done, and after what: causes are words, and waiting for what is just starting is no change."""
    waits = {str(one["id"]) for one in operations if one["cause"] == AWAITED}
    return sorted(
        (str(one["id"]), tuple(sorted(set(one["needs"]) - waits))) for one in operations if one["id"] not in waits
    )
