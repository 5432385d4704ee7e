"""Whether guests run on KVM: one is booted for it, since /dev/kvm may open and guests hang all the same."""

from __future__ import annotations

from skylift.doctor.prechecks.context import Context
from skylift.model.problem import Problem


def check(context: Context) -> Problem | None:
    """Refuse settings that ask for KVM where a guest was booted with it and did not come up."""
    kind, why = context.host.virt
    return None if not context.kvm_asked or kind in ("", "kvm") else does_not_boot(why, context.kvm_asked)


def does_not_boot(why: str, where: str) -> Problem:
    """Return the Problem of settings, at ``where``, that ask for what the trial did not show."""
    return Problem(
        code="kvm-does-not-boot",
        summary="The settings ask for KVM, and a guest does not boot with it",
        detail=why,
        fix="skylift set nova_compute_virt_type auto   (emulation where KVM does not work)",
        where=where,
    )


def looked(context: Context) -> str:
    """Tell how the trial ended."""
    kind, why = context.host.virt
    if not kind:
        return "not tried: the image with QEMU is not here yet; it is tried before the first guest can be"
    return f"{'guests run on KVM' if kind == 'kvm' else 'guests are emulated'}: {why}"
