"""A machine that runs out of memory kills a service at random, most likely the database."""

from __future__ import annotations

from skylift.doctor.prechecks.context import GIB, Context, size
from skylift.model.problem import Problem

# Services declare what they take when idle, as measured. Besides: room for two small guests, and for what they do.
GUESTS = GIB // 2


def needed(context: Context) -> int:
    """Return the bytes that the containers which do not run yet will take."""
    return round(((context.memory_mib << 20) * len(context.cloud.nodes) + GUESTS) * context.missing_share)


def check(context: Context) -> Problem | None:
    """Refuse a machine without memory for what is missing."""
    free, need = context.host.memory_available, needed(context)
    if free is None or free >= need:
        return None
    return Problem(
        code="memory-short",
        summary="The machine has too little free memory",
        detail=f"{size(free)} of {size(context.host.memory)} are available and the cloud needs about {size(need)} more",
        fix="Stop what uses memory (ps -eo rss,comm --sort=-rss | head), or switch services off in globals.yml.",
    )


def looked(context: Context) -> str:
    """Tell what is free and what is needed."""
    free, total = context.host.memory_available, context.host.memory
    if free is None:
        return "not known"
    return f"{size(free)} of {size(total)} available, {size(needed(context))} needed"
