"""The one form in which a failure reaches the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - "problem" is the word of the vocabulary
    """A failure that its reader can act on.

    ``code`` is a stable kebab-case name (``engine-unreachable``); ``summary`` is constant for a code; ``detail``
    carries the values of this case; ``fix`` can be pasted or followed; ``where`` is ``file:line``, a container or an
    address.
    """

    code: str
    summary: str
    detail: str = ""
    fix: str = ""
    where: str = ""

    def __str__(self) -> str:
        parts = [self.summary]
        if self.where:
            parts.append(f"  where: {self.where}")
        if self.detail:
            parts.append("  " + self.detail.replace("\n", "\n  "))
        if self.fix:
            parts.append("  fix: " + self.fix.replace("\n", "\n       "))
        return "\n".join(parts)

    def but(self, *, detail: str, fix: str) -> Self:
        """Return the same problem in other words. What a subclass adds stays."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.detail, other.fix = detail, fix
        return other

    def as_dict(self) -> dict[str, str]:
        """Return the JSON form: code, summary, detail, fix, where."""
        return {
            "code": self.code,
            "summary": self.summary,
            "detail": self.detail,
            "fix": self.fix,
            "where": self.where,
        }


class Problems(Problem):
    """Several problems found together, so that one run shows them all."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(first.code, first.summary, first.detail, first.fix, first.where)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def unwritable(path: str, error: OSError) -> Problem:
    """Return the Problem ``file-unwritable``: a file that the user named, and why it could not be written."""
    return Problem(
        code="file-unwritable",
        summary="A file could not be written",
        detail=error.strerror or type(error).__name__,
        fix="Name a file in a folder that is there and that you may write to.",
        where=path,
    )
