"""Lines of logs as they come: from containers, files and pastes; their time, and whom they came from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

LONGEST = 4000
"""Characters of a line that are looked at: what an error says stands well before that."""
NAME_WIDTH = 24
"""``skylift logs`` writes a container's name so wide before each of its lines."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_STAMP = re.compile(
    r"[^0-9]{0,60}?\b(?P<date>20\d\d-[01]\d-[0-3]\d)[T ]{1,2}"
    r"(?P<hour>[ 0-2]?\d):(?P<minute>[0-5]\d):(?P<second>[0-6]\d)"
    r"(?:[.,](?P<fraction>\d{1,9}))?(?: ?(?P<zone>Z|[+-]\d\d:?\d\d))?"
)
_PASSWORD = re.compile(r"(?<=://)([^\s:/@]{1,100}):[^\s/@]{1,200}@")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``source`` is the container it came from; ``time`` epoch seconds, where they are known otherwise than
    from the text; ``place`` says where it stands (``nova.log:12``).
    """

    text: str
    source: str = ""
    time: float | None = None
    place: str = ""


def time_of(text: str) -> float | None:
    """Return the epoch seconds that a line begins with, or None. A time without a zone is in UTC, as in containers.

    Known: oslo.log, MariaDB, RabbitMQ, Open vSwitch, Ceph, libvirt, the engine's own (RFC 3339).
    """
    match = _STAMP.match(text)
    if match is None:
        return None
    try:
        date = datetime.strptime(match["date"], "%Y-%m-%d").replace(tzinfo=_zone(match["zone"]))
    except ValueError:
        return None
    seconds = int(match["hour"]) * 3600 + int(match["minute"]) * 60 + int(match["second"])
    return date.timestamp() + seconds + float(f"0.{match['fraction'] or 0}")


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def read(texts: Iterable[str], name: str = "", source: str = "") -> Iterator[Line]:
    """Yield the lines of a text in one of the forms in which ``skylift logs`` writes them, or any other.

    ``name`` is the file's, for ``place``; ``source`` the container, where all are of one.
    """
    for number, text in enumerate(texts, 1):
        place = f"{name}:{number}" if name else f"line {number}"
        text = text.rstrip("\r\n")
        container, rest = source, text
        if text.startswith('{"container"'):
            container, rest = _of_json(text) or (source, text)
        elif text[NAME_WIDTH : NAME_WIDTH + 1] == " " and _NAME.fullmatch(text[:NAME_WIDTH].rstrip(" ")):
            container, rest = text[:NAME_WIDTH].rstrip(" "), text[NAME_WIDTH + 1 :]
        yield Line(rest, container, None, place)


def _of_json(text: str) -> tuple[str, str] | None:
    try:
        value = json.loads(text)
        return str(value["container"]), f"{value['time']} {value['text']}"
    except (ValueError, KeyError, TypeError):
        return None


def shown(text: str) -> str:
    """Return a line as evidence: one line, of bearable length, without a password in an address."""
    text = _PASSWORD.sub(r"\1:***@", " ".join(text[:LONGEST].split()))
    return text if len(text) <= 400 else text[:380] + " […]"
