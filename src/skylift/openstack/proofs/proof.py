"""How proofs are found: in ``checks/`` those that build on each other, in a service's folder its own."""

from __future__ import annotations

import importlib
import pkgutil

from skylift import services
from skylift.model.proof import Proof, Unproven

__all__ = ["Proof", "Unproven", "load"]


def load() -> tuple[Proof, ...]:
    """Return every declared proof, in no particular order."""
    from skylift.openstack.proofs import checks

    modules = [module.name for module in pkgutil.iter_modules(checks.__path__, checks.__name__ + ".")]
    return tuple(importlib.import_module(name).PROOF for name in (*modules, *services.modules("proof")))
