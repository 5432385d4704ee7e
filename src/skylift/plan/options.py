"""What two versions of a configuration file differ in, option by option. Pure."""

from __future__ import annotations

from dataclasses import dataclass

COMMENTS = ("#", ";")


@dataclass(frozen=True, slots=True)
class OptionChange:
    """An option whose value differs; None where a version does not set it. Repeated options are joined by commas."""

    section: str
    key: str
    old: str | None
    new: str | None

    @property
    def place(self) -> str:
        """``[section] key``, or the bare key outside sections."""
        return f"[{self.section}] {self.key}" if self.section else self.key

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.place} = {_short(self.new or '')}"
        if self.new is None:
            return f"{self.place} is no longer set (it was {_short(self.old)})"
        return f"{self.place}: {_short(self.old)} → {_short(self.new)}"


def _short(value: str) -> str:
    text = " ".join(value.split())
    return (text if len(text) <= 48 else text[:45] + "…") or "empty"


def read(text: str) -> dict[tuple[str, str], str] | None:
    """Return the values by section and key; None when the text is not made of sections and ``key = value`` lines."""
    values: dict[tuple[str, str], str] = {}
    section, last = "", None
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith(COMMENTS):
            continue
        if line[0].isspace():
            if last is None:
                return None
            values[last] += "\n" + bare
        elif bare.startswith("[") and bare.endswith("]"):
            section, last = bare[1:-1].strip(), None
        else:
            # The first sign decides, as with oslo.config: a value may hold the other one.
            places = [at for at in (bare.find("="), bare.find(":")) if at > 0]
            key = bare[: min(places)].strip() if places else bare
            if (not places and not section) or any(sign in key for sign in " \t\"'{}()"):
                return None
            last = (section, key)
            value = bare[min(places) + 1 :].strip() if places else ""
            values[last] = f"{values[last]}, {value}" if last in values else value
    return values


def differences(old: str, new: str) -> tuple[OptionChange, ...] | None:
    """Return the options that differ, in the order of the sections; None for files of another form."""
    before, after = read(old), read(new)
    if before is None or after is None:
        return None
    return tuple(
        OptionChange(section, key, before.get((section, key)), after.get((section, key)))
        for section, key in sorted(before.keys() | after.keys())
        if before.get((section, key)) != after.get((section, key))
    )
