"""Override files as templates: Jinja2 with the variables of Skylift's own templates, and Kolla's names for them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from skylift.model.problem import Problem
from skylift.settings.complaints import problem

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from skylift.model.cloud import Node

_MARK = re.compile(r"\{[{%#]")


def is_template(text: str) -> bool:
    """True when there is something to fill in."""
    return _MARK.search(text) is not None


def fill(shown: str, text: str, variables: Mapping[str, Any], kolla: Mapping[str, Any]) -> str:
    """Return ``text`` filled in. ``variables`` are the templates'; ``kolla`` are facts under Kolla-Ansible's names.

    A name that is neither is looked for among the settings, then among the passwords. Raises Problem
    ``override-template`` with the line; ``shown`` names the file there.
    """
    from jinja2 import TemplateError, meta

    environment = _environment()
    try:
        wanted = meta.find_undeclared_variables(environment.parse(text))
        found = {**variables, **kolla}
        for name in wanted - found.keys():
            if (value := _look_up(name, variables)) is not _MISSING:
                found[name] = value
        return environment.from_string(text).render(found)
    except Exception as error:
        # An expression can raise anything: what it says is the user's.
        line = getattr(error, "lineno", None) or _line(error)
        words = str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
        where = f"{shown}:{line}" if line else shown
        raise _problem(words, variables, kolla, where) from error


_MISSING = object()


def _look_up(name: str, variables: Mapping[str, Any]) -> Any:
    if name.startswith("enable_") and name.removeprefix("enable_") in variables["enabled"]:
        return True
    try:
        return getattr(variables["settings"], name)
    except AttributeError:
        return getattr(variables["passwords"], name, _MISSING)


def kolla_names(node: Node, container: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known under Kolla-Ansible's names, for one container of one node."""
    api = variables["api_address"]
    return {
        "inventory_hostname": node.name,
        "service_name": container,
        "group_names": list(node.roles),
        "api_interface_address": str(node.internal),
        "kolla_internal_vip_address": api,
        "kolla_external_vip_address": api,
        "kolla_internal_fqdn": api,
        "kolla_external_fqdn": api,
    }


def lines_of(source: str, filled: str) -> Sequence[int]:
    """Return for each line of ``filled`` the line of ``source`` (from 1) it was made from, as well as can be said.

    Loops and conditions change the number of lines: what stands before the first ``=`` or ``:`` tells.
    """
    if source == filled or (source.count("\n") == filled.count("\n") and not re.search(r"\{[%#]", source)):
        return range(1, source.count("\n") + 2)
    heads = [_head(line) for line in source.split("\n")]
    found: list[int] = []
    last = -1
    for line in filled.split("\n"):
        head = _head(line)
        order = (*range(last + 1, len(heads)), *range(last + 1)) if head else ()
        last = next((number for number in order if heads[number] == head), last)
        found.append(max(last, 0) + 1)
    return found


def _head(line: str) -> str:
    text = line.strip()
    return "" if text.startswith(("#", ";")) else re.split(r"[=:]", text, maxsplit=1)[0].strip()


def _problem(words: str, variables: Mapping[str, Any], kolla: Mapping[str, Any], where: str) -> Problem:
    unknown = re.match(r"'(\w+)' is undefined", words)
    fix = "Correct the line; docs/overrides.md says which variables there are."
    if unknown:
        settings = getattr(variables["settings"], "names", ())
        near = difflib.get_close_matches(unknown[1], [*variables, *kolla, *settings], 1, 0.7)
        words = f"there is no variable {unknown[1]}"
        fix = f"Did you mean {near[0]}?" if near else fix
    return problem("override-template", words, fix, where)


def _line(error: BaseException) -> int | None:
    """Return the line of the template in which an expression failed: Jinja2 writes it into the traceback."""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return lines[-1] if lines else None


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    # Ansible's, which Kolla's own switches need.
    environment.filters["bool"] = lambda value: str(value).strip().lower() in ("yes", "true", "on", "1", "y", "t")
    return environment
