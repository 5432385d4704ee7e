"""The form of override files that are handed over whole: programs that cannot read one end, or go by none of it."""

from __future__ import annotations

import json

from skylift.desired.overrides_fill import lines_of
from skylift.model.problem import Problem
from skylift.settings.complaints import problem
from skylift.settings.document import parse
from skylift.settings.overrides import OverrideFile

_FIX = "docs/overrides.md says what each file holds."


def check_whole(file: OverrideFile, text: str) -> None:
    """Raise Problem ``override-form`` for a ``.yaml`` or ``.json`` file that is none, or no mapping of names to values.

    ``text`` is what the file says when it is filled in. Files of other kinds pass.
    """
    kind = file.name.rpartition(".")[2]
    if kind == "json":
        _json(file, text)
    elif kind in ("yaml", "yml"):
        document = parse(file.shown, text)
        for found in document.problems:
            line = found.where.rpartition(":")[2]
            raise _wrong(file, text, int(line) if line.isdigit() else 1, found.detail)
        for entry in document.entries.values():
            if entry.value is None:
                raise _wrong(file, text, entry.line, f'{entry.key} has no value: write "" for an empty one')


def _json(file: OverrideFile, text: str) -> None:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise _wrong(file, text, error.lineno, f"it is no JSON: {error.msg}") from error
    except RecursionError as error:
        raise _wrong(file, text, 1, "it is no JSON: it is nested too deeply") from error
    if not isinstance(found, dict):
        raise _wrong(file, text, 1, "it is no JSON object")


def _wrong(file: OverrideFile, text: str, line: int, what: str) -> Problem:
    lines = lines_of(file.text, text)
    return problem("override-form", what, _FIX, f"{file.shown}:{lines[min(line, len(lines)) - 1]}")
