"""Look at all parts side by side. What cannot be read in time is a fact as well."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skylift.model.patient import ApiAnswer, Patient, Unread
from skylift.model.problem import Problem
from skylift.observed.patient import parts
from skylift.observed.patient.bed import Bed
from skylift.openstack.errors import ApiProblem

SERVER_ERROR = 500
SECONDS = 6.0
"""How long a part may take; most have shorter limits of their own."""
UNREADABLE = (Problem, TimeoutError, OSError, ValueError, LookupError, TypeError, AttributeError)
"""What a look may end with: no answer, a refusal, or an answer of an unexpected form."""


@dataclass(frozen=True, slots=True)
class Part:
    """``look`` returns fields of the patient by name; ``source`` is how a person would look."""

    name: str
    source: str
    look: Callable[[Bed], Awaitable[Mapping[str, Any]]]


@cache
def discover() -> tuple[Part, ...]:
    """Return every part, in order of file name."""
    modules = (
        importlib.import_module(f"{parts.__name__}.{module.name}")
        for module in sorted(pkgutil.iter_modules(parts.__path__), key=lambda module: module.name)
    )
    return tuple(Part(module.PART, module.SOURCE, module.look) for module in modules)


async def examine(bed: Bed) -> Patient:
    """Return what there is to see of the cloud, in a few seconds whatever its state."""
    with bed.patience.beating():
        found = await asyncio.gather(*(_look(bed, part) for part in discover()))
    fields: dict[str, Any] = {}
    for values, _, _ in found:
        fields |= values
    return Patient(
        cloud=bed.cloud.name,
        now=bed.now,
        services=frozenset(service.name for service in bed.services),
        unread=tuple(unread for _, unread, _ in found if unread is not None),
        seconds={part.name: took for part, (_, _, took) in zip(discover(), found, strict=True)},
        **fields,
    )


async def _look(bed: Bed, part: Part) -> tuple[Mapping[str, Any], Unread | None, float]:
    began = time.monotonic()
    values: Mapping[str, Any] = {}
    unread = None
    try:
        async with bed.patience.limit(SECONDS):
            values = await part.look(bed)
    except UNREADABLE as error:
        unread = Unread(part.name, part.source, reason(error), failed(error))
    return values, unread, time.monotonic() - began


def failed(error: BaseException) -> ApiAnswer | None:
    """Return the answer of an API that could not do what was asked; None for a refusal, or where none came."""
    if not isinstance(error, ApiProblem) or error.status < SERVER_ERROR:
        return None
    request = error.detail.rpartition("request id: ")[2] if "request id: " in error.detail else ""
    return ApiAnswer(error.service, error.where, error.status, error.message, request=request.strip())


def reason(error: BaseException) -> str:
    """Return why something could not be read, in a line."""
    if isinstance(error, Problem):
        return " ".join((error.detail or error.summary).split())[:400]
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{type(error).__name__}: {error}"[:400]
