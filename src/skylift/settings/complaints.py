"""The Problems of the settings, and the YAML parser's words in plain language."""

from __future__ import annotations

import re
from typing import Any

from skylift.model.problem import Problem

SUMMARIES = {
    "settings-unreadable": "A settings file cannot be read",
    "settings-unwritable": "A settings file cannot be written",
    "settings-yaml": "A settings file is not valid YAML",
    "settings-not-a-mapping": "A settings file does not hold «key: value» lines",
    "settings-duplicate-key": "A setting is given twice",
    "settings-unknown-key": "A setting has an unknown name",
    "settings-value": "A setting has a value that cannot be used",
    "settings-conflict": "Two settings do not go together",
    "settings-misplaced-password": "A password is in a file that others may read",
    "settings-no-effect": "This setting of Kolla-Ansible has no effect here",
    "settings-moved": "A settings file was changed by somebody else meanwhile",
    "override-unreadable": "An override file cannot be read",
    "override-form": "An override file does not have the form of its kind",
    "override-template": "An override file could not be filled in",
    "passwords-value": "A password has a value that cannot be used",
    "passwords-name": "A password has an unknown name, and one much alike is missing",
    "passwords-exposed": "The passwords file can be read by others",
    "passwords-unknown": "A password is not in passwords.yml",
}
"""Constant summary of each code of this package, for docs/errors.md too."""


def problem(code: str, detail: str, fix: str = "", where: str = "") -> Problem:
    """Return the Problem of this code."""
    return Problem(code, SUMMARIES[code], detail, fix, where)


# The parser's words → ours. The first that fits is taken; the parser's own words follow in brackets.
_WORDS = (
    (r"cannot start any token.*", None),
    (r"mapping values are not allowed", "there is a second colon in the line, or the line is indented by mistake"),
    (r"could not find expected ':'", "a line has no colon, or a quote is not closed"),
    (r"unexpected end of stream", "a quote is not closed"),
    (r"while parsing a flow", "a bracket or brace is not closed, or a comma is missing"),
    (r"expected <block end>", "the line does not continue what is before it: indentation or quotes are wrong"),
    (r"did not find expected key", "the line does not continue what is before it: indentation or quotes are wrong"),
    (r"expected a single document", "there is a second document (a line «---»)"),
    (r"undefined alias", "an alias (*name) refers to an anchor that does not exist"),
    (r"duplicate anchor", "an anchor (&name) is defined twice"),
    (r"unknown escape character", "a backslash in double quotes is not a known escape: use single quotes"),
    (r"special characters are not allowed", "there is a control character"),
    (r"undefined tag handle", "a value begins with an exclamation mark: put it in quotes"),
    (r"expected '?<document start>", "text follows after the end of the mapping"),
    (r"percent|directive|%", "a line begins with a percent sign: put it in quotes"),
    (r"sequence entries are not allowed", "a list item (-) stands where none can be"),
    (r"indentation", "the indentation is wrong"),
)


def plain_words(error: Any, text: str) -> tuple[int, str]:
    """Return the line (from 1) of a YAML error and what is wrong there."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if twice := re.findall(r"second occurrence .* line (\d+)", str(error)):
        return int(twice[-1]), "an anchor (&name) is defined twice"
    # A control character is found before there are lines: then there is a position in the text only.
    at = int(getattr(error, "position", 0) or 0)
    line = 1 + (int(mark.line) if mark is not None else text.count("\n", 0, at))
    context = str(getattr(error, "context", None) or "")
    own = str(getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).split("\n")[0])
    words = next((ours for pattern, ours in _WORDS if re.search(pattern, f"{context} {own}")), None)
    if words is None and "cannot start any token" in own:
        found = re.search(r"found character (.+) that", own)
        what = found[1] if found else "a character"
        tab = "\\t" in what or "\t" in what
        words = "a tab is used for indentation: use spaces" if tab else f"a value begins with {what}: put it in quotes"
    # The end of the file is where the parser noticed; the last line with text is where a person looks.
    line = max(1, min(line, len(text.rstrip().splitlines()) or 1))
    return line, f"{words} ({own})" if words else own
