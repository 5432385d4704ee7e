"""Some settings need more of the kernel than networks do: storage that the kernel itself attaches."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem


def check(context: Context) -> Problem | None:
    """Refuse settings that need what the kernel has neither built in nor as a module; the missing part is named.

    Where nothing is missing, refuse those that a contained node cannot have all the same.
    """
    host = context.host
    if host.features is None:
        return None
    lacking = {
        need.key: missing
        for need in context.kernel
        if (missing := [name for name in need.features if name not in host.features])
    }
    if not lacking:
        return _only_on_hosts(context)
    first = next(iter(lacking))
    return Problem(
        code="kernel-lacks",
        summary="The kernel lacks what a setting needs",
        detail="\n".join(
            f"{key} needs {', '.join(missing)}: kernel {host.kernel} has it neither built in nor as a module"
            for key, missing in lacking.items()
        ),
        fix=f"skylift unset {first}\nCeph needs nothing of the kernel: skylift enable ceph\n"
        "Or boot a kernel that has it, as those of distributions do.",
        where=context.where.get(first, ""),
    )


def _only_on_hosts(context: Context) -> Problem | None:
    found = [need for need in context.kernel if need.host]
    if not found:
        return None
    return Problem(
        code="not-on-contained-nodes",
        summary="A setting cannot be had on contained nodes",
        detail="\n".join(f"{need.key}: {need.host}" for need in found),
        fix=f"skylift unset {found[0].key}\nCeph works on contained nodes: skylift enable ceph",
        where=context.where.get(found[0].key, ""),
    )


def looked(context: Context) -> str:
    """Name what the settings need."""
    needs = ", ".join(dict.fromkeys(name for need in context.kernel for name in need.features))
    return f"the settings need {needs}" if needs else "the settings need nothing more of the kernel"
