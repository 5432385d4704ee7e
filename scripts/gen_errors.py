"""Write docs/errors.md: every problem that Skylift can report, found in its source.

    python scripts/gen_errors.py            write the page
    python scripts/gen_errors.py --check    exit 1 when the page is not current

A problem is a call of ``Problem`` (or of a function that hands its own arguments to one), or an entry of a table named
``SUMMARIES``. Codes and summaries must be constants, and a code has one summary; the script says where not.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "errors.md"
FIELDS = ("code", "summary", "detail", "fix", "where")
INTRODUCTION = """# Problems

Every failure that a user can cause reaches the user as a problem: a code that stays the same, a constant summary,
the details of the case, and what to do. With `--json` it is an object with `code`, `summary`, `detail`, `fix`, `where`.
`{…}` stands for a value of the case.

Made from the source by `scripts/gen_errors.py`.

| code | summary | what to do | raised in |
|---|---|---|---|
"""


class InconsistentError(Exception):
    """The source breaks a rule; the text names file and line."""


@dataclass
class Entry:
    """A code with its summaries (one, if all is well), fixes and the modules that raise it."""

    code: str
    summaries: dict[str, str] = field(default_factory=dict)
    fixes: list[str] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)


def text_of(node: ast.expr | None, names: Mapping[str, ast.expr]) -> tuple[str, bool]:
    """Return a text expression's value with ``{…}`` for what is not known, and whether it is constant."""
    match node:
        case None:
            return "", True
        case ast.Constant(value=str(text)):
            return text, True
        case ast.Name(id=name) if name in names:
            return text_of(names[name], {key: value for key, value in names.items() if key != name})
        case ast.JoinedStr(values=values):
            parts = [text_of(value, names) for value in values]
            return "".join(text for text, _ in parts), all(constant for _, constant in parts)
        case ast.FormattedValue(value=value):
            text, constant = text_of(value, names)
            return (text, True) if constant else (_placeholder(value), False)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = text_of(left, names), text_of(right, names)
            return first[0] + second[0], first[1] and second[1]
        case ast.IfExp(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]), body=body, orelse=other) if (
            text_of(left, names)[1] and text_of(right, names)[1]
        ):
            return text_of(body if text_of(left, names) == text_of(right, names) else other, names)
        case ast.IfExp(body=body, orelse=other):
            either = [text_of(part, names)[0] for part in (body, other)]
            return " / ".join(part for part in either if part), False
        case _:
            return "{…}", False


def _placeholder(node: ast.expr) -> str:
    """Return ``{name}`` for a plain name or attribute, else ``{…}``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return f"{{{name.strip('_')}}}"
        case _:
            return "{…}"


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _bind(call: ast.Call, parameters: list[str]) -> dict[str, ast.expr]:
    found = dict(zip(parameters, call.args, strict=False))
    found.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None})
    return found


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.FunctionDef | ast.AsyncFunctionDef | None]]:
    """Yield each call with the function it stands in."""

    def walk(
        node: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef | None
    ) -> Iterator[tuple[ast.Call, ast.FunctionDef | ast.AsyncFunctionDef | None]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield child, function
            yield from walk(child, child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function)

    return walk(tree, None)


def _globals(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
    return found


def _table(names: Mapping[str, ast.expr], ending: str) -> dict[str, str]:
    """Return the constant entries of the module's dictionaries whose names end so."""
    return {
        text_of(key, {})[0]: text_of(value, {})[0]
        for name, value in names.items()
        if name.endswith(ending) and isinstance(value, ast.Dict)
        for key, value in zip(value.keys, value.values, strict=True)
        if key is not None
    }


class Catalogue:
    """The problems of a source tree."""

    def __init__(self, source: Path) -> None:
        self.entries: dict[str, Entry] = {}
        self.faults: list[str] = []
        self.homes: dict[str, str] = {}
        trees = {
            ".".join(path.relative_to(source.parent).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
            for path in sorted(source.rglob("*.py"))
        }
        for module, tree in trees.items():
            self._read(module, tree)
        for module, tree in trees.items():
            self._places(module, tree)
        for entry in self.entries.values():
            entry.modules = entry.modules or {self.homes[entry.code]}
            if len(entry.summaries) > 1:
                shown = "; ".join(f"«{summary}» at {place}" for summary, place in entry.summaries.items())
                self.faults.append(f"{entry.code} has several summaries: {shown}")

    def _read(self, module: str, tree: ast.Module) -> None:
        names = _globals(tree)
        fixes = _table(names, "FIXES")
        for key, words in _table(names, "SUMMARIES").items():
            self._add(key, words, fixes.get(key, ""), "", module)
            self.homes[key] = module
        calls = list(_calls(tree))
        for call, function in calls:
            if _called(call) != "Problem" or not (call.args or any(word.arg for word in call.keywords)):
                continue
            place = f"{module}:{call.lineno}"
            arguments = _bind(call, list(FIELDS))
            if isinstance(arguments.get("summary"), ast.Subscript):
                continue  # from a table of summaries, which was read above
            for known in self._contexts(arguments, function, names, calls):
                code, constant = text_of(arguments.get("code"), known)
                summary, fixed = text_of(arguments.get("summary"), known)
                if not (constant and fixed and code and summary):
                    self.faults.append(f"{place}: code and summary must be constants")
                    continue
                self._add(code, summary, text_of(arguments.get("fix"), known)[0], module, place)

    def _contexts(
        self,
        arguments: Mapping[str, ast.expr],
        function: ast.FunctionDef | ast.AsyncFunctionDef | None,
        names: Mapping[str, ast.expr],
        calls: list[tuple[ast.Call, ast.FunctionDef | ast.AsyncFunctionDef | None]],
    ) -> list[Mapping[str, ast.expr]]:
        """Return the names known at a call of Problem: once, or once for each call of a function that passes a code."""
        parameters = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)] if function else []
        code = arguments.get("code")
        if function is None or not isinstance(code, ast.Name) or code.id not in parameters:
            return [names]
        defaults = dict(
            zip(reversed([one.arg for one in function.args.args]), reversed(function.args.defaults), strict=False)
        )
        parameters = [name for name in parameters if name not in ("self", "cls")]
        return [{**names, **defaults, **_bind(call, parameters)} for call, _ in calls if _called(call) == function.name]

    def _places(self, module: str, tree: ast.Module) -> None:
        """Note where codes are used that another module has the summary of."""
        for call, _ in _calls(tree):
            first = _bind(call, ["code"]).get("code")
            entry = self.entries.get(text_of(first, {})[0]) if isinstance(first, ast.Constant) else None
            # A code of one word is a common word too: elsewhere it may name a network or a proof.
            if entry is not None and ("-" in entry.code or _called(call).lower().endswith("problem")):
                entry.modules.add(module)

    def _add(self, code: str, summary: str, fix: str, module: str, place: str) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
            self.faults.append(f"{place or module}: {code!r} is no kebab-case code")
        entry = self.entries.setdefault(code, Entry(code))
        entry.summaries.setdefault(summary, place)
        if fix and fix not in entry.fixes:
            entry.fixes.append(fix)
        if module:
            entry.modules.add(module)


def render(source: Path) -> str:
    """Return the page. Raises InconsistentError with every broken rule."""
    catalogue = Catalogue(source)
    if catalogue.faults:
        raise InconsistentError("\n".join(catalogue.faults))
    rows = []
    for code in sorted(catalogue.entries):
        entry = catalogue.entries[code]
        cells = (
            f"`{code}`",
            _cell(next(iter(entry.summaries))),
            "<br>or: ".join(_cell(fix) for fix in entry.fixes),
            "<br>".join(f"`{module.removeprefix('skylift.')}`" for module in sorted(entry.modules)),
        )
        rows.append("| " + " | ".join(cells) + " |\n")
    return INTRODUCTION + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").strip().replace("\n", "<br>")


def main() -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/errors.md from the source.")
    parser.add_argument("--check", action="store_true", help="only tell whether the page is current")
    options = parser.parse_args()
    try:
        page = render(ROOT / "src" / "skylift")
    except InconsistentError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    if options.check:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page
        sys.stderr.write("" if current else "docs/errors.md is out of date: run python scripts/gen_errors.py\n")
        return 0 if current else 1
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
