"""Malformed files made from good ones, always the same: each field with values of other kinds, each line broken."""

from __future__ import annotations

import random
import types
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from skylift import services
from skylift.settings.keys import AddressRange, Globals

SEED = 5

GOOD = """\
# a good file
openstack_region_name: North
enable_octavia: yes
openstack_service_workers: 2
nova_compute_virt_type: "qemu"
EXT_NET_CIDR: 172.24.4.0/24
EXT_NET_RANGE: start=172.24.4.100,end=172.24.4.199
DEMO_NET_DNS:
  - 1.1.1.1
  - 8.8.8.8
keystone_admin_user: 'me'
"""


@dataclass(frozen=True)
class Case:
    """``line`` is where the mistake is, 0 where a parser may notice it later."""

    name: str
    text: bytes
    line: int = 0
    file: str = "globals.yml"


MAPPINGS = ("{a: b}", "!vault x", "'{{ x }}'")
WRONG: dict[Any, tuple[str, ...]] = {
    int: ("many", "1.5", "1e3", "0x1F", "true", "''", "[1]", "-5", "99999999999999999999", "007", "1_0"),
    bool: ("maybe", "2", "[yes]", "''", "oui", "-1", "0.0", "enabled"),
    IPv4Address: ("here", "fe80::1", "1.2.3", "10.0.0.1/24", "256.1.1.1", "0.0.0.9", "239.1.1.1", "''"),
    IPv4Network: ("here", "10.0.0.0", "10.0.0.1/24", "10.0.0.0/33", "fd00::/64", "127.0.0.0/8", "10.0.0.0/31", "''"),
    AddressRange: ("10.0.0.1", "10.0.0.9-10.0.0.1", "10.0.0.1-x", "fe80::1-fe80::2", "''", "[10.0.0.1, 10.0.0.9]"),
    str: ("yes", "[a]", '"a\\nb"', '"\\e[1m"'),
    tuple: ("','", "[x, [y]]", "'a,,b'", "[a, a]"),
    Literal: ("nonsense", "''", "[qemu]", "QEMU "),
}


def kind(annotation: Any) -> Any:
    """Return the key of WRONG for a field's type."""
    if get_origin(annotation) in (Union, types.UnionType):
        return kind(next(one for one in get_args(annotation) if one is not type(None)))
    if get_origin(annotation) is Annotated:
        return kind(get_args(annotation)[0])
    return get_origin(annotation) or annotation


def cases() -> tuple[Case, ...]:
    """Return all cases, in the same order each time."""
    chance = random.Random(SEED)  # noqa: S311 - nobody guesses
    found = (*_fields(chance), *_switches(), *_lines(), *_bytes(chance), *_names(chance), *_passwords())
    return tuple({case.text: case for case in found}.values())


def _fields(chance: random.Random) -> Iterator[Case]:
    for key, info in Globals.model_fields.items():
        values = (*WRONG[kind(info.annotation)], *MAPPINGS)
        for value in sorted(chance.sample(values, 3)):
            yield Case(f"{key}: {value}", f"# x\n\n{key}: {value}\n".encode(), 3)


def _switches() -> Iterator[Case]:
    for service in services.load():
        if service.enabled_by:
            for value in ("perhaps",):
                yield Case(f"{service.enabled_by}: {value}", f"{service.enabled_by}: {value}\n".encode(), 1)


def _lines() -> Iterator[Case]:
    """Break each line of the good file in each of some ways."""
    lines = GOOD.splitlines()
    for number, line in enumerate(lines, 1):
        if line.startswith(("#", " ")):
            continue
        key = line.partition(":")[0]
        ways = {
            "tab": ["\t" + line],
            "twice": [line, f"{key}: again"],
            "no colon": [line.replace(":", " ")],
            "open quote": [f"{key}: 'open"],
            "open bracket": [f"{key}: [open"],
            "bad letter": [f"{key}: @at"],
            "second colon": [f"{key}: a: b"],
            "unknown alias": [f"{key}: *nobody"],
            "merge": ["<<: {a: b}", line],
            "tag": [f"{key}: !secret x"],
        }
        for name, instead in ways.items():
            text = "\n".join([*lines[: number - 1], *instead, *lines[number:]])
            # What follows the key of a list is part of the mistake.
            yield Case(f"{name} in line {number}", (text + "\n").encode())


def _bytes(chance: random.Random) -> Iterator[Case]:
    """Put a byte that no text has behind some line."""
    lines = GOOD.encode().splitlines()
    for byte in (b"\x00", b"\xff", b"\x07", b"\x1b", b"\xc3", b"\x80"):
        for number in sorted(chance.sample(range(len(lines)), 2)):
            broken = [*lines]
            broken[number] += byte
            yield Case(f"{byte!r} in line {number + 1}", b"\n".join(broken) + b"\n", number + 1)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield Case(encoding, GOOD.encode(encoding), 1)
    yield Case("latin-1", (GOOD + "# é\n").encode("latin-1"), GOOD.count("\n") + 1)
    for number in sorted(chance.sample(range(2, len(lines)), 4)):
        yield Case(f"cut off in line {number + 1}", b"\n".join(lines[:number]) + b"\n" + lines[number][:5] + b"\n")


def _names(chance: random.Random) -> Iterator[Case]:
    """Misspell some keys."""
    for key in sorted(chance.sample(sorted(Globals.model_fields), 20)):
        at = chance.randrange(2, len(key) - 2)
        for wrong in (key[:at] + key[at + 1 :], key[:at] + "x" + key[at:]):
            if wrong not in Globals.model_fields:
                yield Case(wrong, f"\n{wrong}: 1\n".encode(), 2)


def _passwords() -> Iterator[Case]:
    """Give each declared password a value that it cannot have."""
    for name in sorted({one.name for service in services.load() for one in service.passwords}):
        for value in ("''", "[a, b]"):
            text = f"# of this cloud\nsomething_else: long enough\n{name}: {value}\n"
            yield Case(f"{name}: {value}", text.encode(), 3, "passwords.yml")
