"""The catalogue of problems is current, and its generator sees what breaks the rules."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_errors", ROOT / "scripts" / "gen_errors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gen_errors"] = module
    spec.loader.exec_module(module)
    return module


gen = load()


def page(tmp_path: Path, **sources: str) -> str:
    for name, text in sources.items():
        (tmp_path / "skylift").mkdir(exist_ok=True)
        (tmp_path / "skylift" / f"{name}.py").write_text(text)
    return str(gen.render(tmp_path / "skylift"))


def test_the_page_is_current() -> None:
    current = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert current == gen.render(ROOT / "src" / "skylift"), "run: python scripts/gen_errors.py"
    assert current.count("\n| `") > 40


def test_positional_and_keyword_arguments_and_templates_are_read(tmp_path: Path) -> None:
    text = page(
        tmp_path,
        one='raise Problem("a-b", "First | one", fix=f"run {command} on {self._host} {x()}")',
        two='def f():\n    return Problem(code="c", summary="Second" " one")',
    )
    assert "| `a-b` | First \\| one | run {command} on {host} {…} | `one` |" in text
    assert "| `c` | Second one |  | `two` |" in text


def test_functions_that_pass_a_code_on_are_followed(tmp_path: Path) -> None:
    text = page(
        tmp_path,
        one='def _p(self, code, summary, fix=""):\n    return Problem(code, summary, fix=fix)\n'
        'def f(self):\n    raise self._p("a-b", "One")\n'
        'def g(self):\n    raise self._p("c-d", summary="Two", fix="do")\n',
        two='def _q(code):\n    return Problem(code, "X" if code == "e-f" else "Y")\n'
        'def f():\n    raise _q("e-f")\ndef g():\n    raise _q("g-h")\n',
    )
    for row in ("| `a-b` | One |  |", "| `c-d` | Two | do |", "| `e-f` | X |", "| `g-h` | Y |"):
        assert row in text


def test_tables_of_summaries_are_read_and_their_users_named(tmp_path: Path) -> None:
    text = page(
        tmp_path,
        table='SUMMARIES = {"a-b": "One"}\n_FIXES = {"a-b": "do"}\n'
        "def problem(code):\n    return Problem(code, SUMMARIES[code])\n",
        user='raise problem("a-b")',
    )
    assert "| `a-b` | One | do | `user` |" in text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('Problem("a", "x")\nProblem("a", "y")', "a has several summaries: «x» at skylift.one:1; «y» at skylift.one:2"),
        ('Problem("a", f"x {y}")', "skylift.one:1: code and summary must be constants"),
        ('Problem(name, "x")', "skylift.one:1: code and summary must be constants"),
        ('Problem("Not Kebab", "x")', "no kebab-case code"),
    ],
)
def test_broken_rules_are_named_with_their_place(tmp_path: Path, source: str, said: str) -> None:
    with pytest.raises(gen.InconsistentError, match=said.replace("(", r"\(")):
        page(tmp_path, one=source)
