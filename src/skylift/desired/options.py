"""Which options a program knows, and which of those it was given it does not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from skylift.desired.merge_parse import parse, section_id

Known = Mapping[str, Mapping[str, bool]]
"""Section (as ``section_id`` has it) → option → whether it is deprecated."""

ALIKE = 0.75


def split(key: str) -> tuple[str, str]:
    """Return section and option of ``[section] option``."""
    section, _, option = key.removeprefix("[").partition("] ")
    return section, option


def unknown(known: Known, text: str, keys: Iterable[str]) -> set[str]:
    """Return which of ``keys`` (``[section] option``) the program does not know.

    Some sections have names that the user makes up and writes into an option (``enabled_backends = fast``): a section
    that is named in a value of the file's ``text`` may hold anything.
    """
    named: set[str] | None = None
    found: set[str] = set()
    for key in keys:
        section, option = split(key)
        place = section_id(section)
        if option in known.get(place, {}) or option.replace("-", "_") in known.get(place, {}):
            continue
        if place not in known:
            named = _words(text) if named is None else named
            # [mdev_nvidia-35] for enabled_mdev_types = nvidia-35
            if any(place == word or place.endswith(f"_{word}") for word in named):
                continue
        found.add(key)
    return found


def _words(text: str) -> set[str]:
    values = (line for setting in parse(text).settings for line in setting.value)
    return {word.lower() for value in values for word in re.split(r"[\s,:;=/\"']+", value) if len(word) > 1}


def nearest(key: str, lists: Sequence[Known]) -> str:
    """Return the known option most like ``[section] option``, or nothing."""
    section, option = split(key)
    place = section_id(section)
    for known in lists:
        here = known.get(place, {})
        if alike := difflib.get_close_matches(option, sorted(here), 1, ALIKE):
            return f"[{section}] {alike[0]}"
    for known in lists:
        # The right option in the wrong section, or in one that is misspelt.
        homes = [name for name, options in known.items() if option.replace("-", "_") in options]
        if homes:
            home = max(homes, key=lambda name: (difflib.SequenceMatcher(None, place, name.lower()).ratio(), name))
            return f"[{home}] {option.replace('-', '_')}"
    if place not in {name for known in lists for name in known}:
        names = sorted({name for known in lists for name in known})
        low = {name.lower(): name for name in names}
        alike = difflib.get_close_matches(place.lower(), sorted(low), 1, ALIKE)
        return f"the section [{low[alike[0]]}]" if alike else ""
    return ""
