"""What is wrong with one value, in the words of a person who writes globals.yml."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from skylift.settings.document import Entry

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


def of_form(entry: Entry, info: FieldInfo | None) -> tuple[str, str] | None:
    """Return what is wrong with the way a value is written, and the remedy; None when nothing is.

    ``info`` is the key's field, None for a switch.
    """
    if entry.tag:
        return f"has the YAML tag {entry.tag}, which is not supported", "Write the value itself."
    takes_list = info is not None and _core(info.annotation) is tuple
    if isinstance(entry.value, dict):
        return "is a mapping and must be a single value", ""
    if isinstance(entry.value, list):
        if takes_list and all(isinstance(item, str) for item in entry.value):
            return None
        return "is a list and must be a single value", ""
    text = str(entry.value)
    if "{{" in text or "{%" in text:
        return "holds a template, and templates are not evaluated in globals.yml", "Write the value itself."
    if info is not None and _core(info.annotation) is int and _ODD_NUMBER.match(text):
        # YAML 1.1 reads 010 as eight, and what is 2.0 workers?
        return f"is {text} and must be a whole number in plain digits", ""
    if info is not None and _core(info.annotation) is str:
        if entry.plain and text.lower() in _TRUTHS:
            return f"is {text}, a truth value, and must be text", f'If it is meant: {entry.key}: "{text}"'
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
            return "holds a line break or a control character", "Write it in one line."
    return None


_ODD_NUMBER = re.compile(r"\s|.*\s\Z|[+-]?0\d|\+|[\d_]*_|\d+\.0*\Z")
_TRUTHS = frozenset({"true", "false", "yes", "no", "on", "off"})


def of_error(key: str, value: Any, error: Mapping[str, Any], info: FieldInfo) -> tuple[str, str]:
    """Return detail and fix for one of pydantic's errors on ``key``."""
    kind, context = str(error["type"]), error.get("ctx", {})
    extra = info.json_schema_extra
    rule = extra.get("rule") if isinstance(extra, dict) else None
    choices = _choices(info.annotation)
    if choices:
        rule = f"must be {' or '.join(choices)}" + ("" if len(choices) > 1 else ": this version supports nothing else")
    elif kind == "value_error":
        rule = str(context.get("error", error["msg"]))
    elif rule:
        rule = str(rule)
    elif kind.startswith("bool"):
        rule = "must be yes or no"
    elif kind.startswith("int"):
        rule = "must be a whole number"
    elif "ge" in context or "le" in context:
        rule = f"must be at least {context['ge']}" if "ge" in context else f"must be at most {context['le']}"
    else:
        rule = str(error["msg"])
    shown = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    shown = shown[:80]
    fix = f"{key}: {choices[0]}" if choices else ""
    return f"{key} is «{shown}» and {rule}" if rule.startswith("must") else f"{key} is «{shown}»: {rule}", fix


def _choices(annotation: Any) -> list[str]:
    """Return the words that a field takes, where it takes only some."""
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation)]
    return [word for inner in get_args(annotation) for word in _choices(inner)]


def _core(annotation: Any) -> Any:
    """Return the plain type under Annotated and Optional (``tuple`` for any tuple, None for several)."""
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [item for item in get_args(annotation) if item is not type(None)]
        return _core(inner[0]) if len(inner) == 1 else None
    return get_origin(annotation) or annotation
