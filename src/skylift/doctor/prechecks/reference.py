"""docs/prechecks.md, made from the checks themselves: what each looks at, refuses and tells."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any

from skylift.doctor.prechecks.run import Check, discover

_HEAD = """\
# Checks before a change

`skylift check` runs them alone; `up` and `apply` run them before their first change, unless nothing is to be done.
All run, and all that is wrong is reported together. None changes anything. What is refused ends the command with exit
code 1; what is only told (`!`) does not. Settings that are wrong, and networks that find no free subnet, come before:
without them there is no cloud to check. The codes are explained in [errors.md](errors.md).

This version deploys contained nodes, which have interfaces, ports, namespaces and packet filters of their own. What can
only be wrong on a node that is a host says so; it is looked at as soon as there is such a node.

This page is generated: `python scripts/gen_prechecks.py`.

| check | why | refused | told | codes |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the page as Markdown."""
    return _HEAD + "".join(_row(name, check) for name, check in discover().items())


def _row(name: str, check: Check) -> str:
    warn = getattr(check, "warn", None)
    cells = (
        name.replace("_", " "),
        _text(check),
        _text(check.check),
        _text(warn) if warn else "",
        ", ".join(f"`{code}`" for code in dict.fromkeys(_codes(check))),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _text(documented: Any) -> str:
    return " ".join((inspect.getdoc(documented) or "").split())


def _codes(check: Any) -> Iterator[str]:
    """Yield the codes of the Problems that a check makes itself, in the order of its source."""
    for node in ast.walk(ast.parse(inspect.getsource(check))):
        if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
