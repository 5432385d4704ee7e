"""Everything about a host that ``down`` must leave as it was, as one JSON document, and the comparison of two.

    python -m tests.scenarios.host_snapshot save before.json
    …
    python -m tests.scenarios.host_snapshot compare before.json      exit 1 and readable differences, if any

Compared are sets of lines, so that neither order nor process numbers, counters or times count.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.scenarios.host_files import files

Snapshot = dict[str, list[str]]

ENGINE = ("docker",)
NOISE = re.compile(r"\s*\[\d+:\d+\]|\bcounter packets \d+ bytes \d+|\bpackets \d+ bytes \d+")


def snapshot(ignore: Sequence[str] = (), folders: Sequence[str] | None = None) -> Snapshot:
    """Read the host. ``ignore`` are regular expressions for lines (of any section) that are nobody's business here."""
    sections: dict[str, Iterable[str]] = {
        "interfaces": _interfaces(),
        "addresses": [re.sub(r"^\d+: ", "", line) for line in _lines("ip", "-o", "address")],
        "routes": [
            line.replace(" linkdown", "")
            for family in ("-4", "-6")
            for line in _lines("ip", family, "route", "show", "table", "all")
        ],
        "policy rules": (*_lines("ip", "-4", "rule"), *_lines("ip", "-6", "rule")),
        "packet filter": packet_filter(),
        "forwarding": _sysctls(),
        "named namespaces": _lines("ip", "netns", "list"),
        "namespaces": namespaces(),
        "mounts": mounts(Path("/proc/self/mounts").read_text()),
        "processes": processes(),
        "containers": _lines(*ENGINE, "ps", "-a", "--format", "{{.Names}}"),
        "networks": _lines(*ENGINE, "network", "ls", "--format", "{{.Name}} {{.Driver}}"),
        "volumes": _lines(*ENGINE, "volume", "ls", "--format", "{{.Name}}"),
        "files": files(folders),
    }
    skip = [re.compile(pattern) for pattern in ignore]
    return {
        name: sorted(line for line in lines if not any(pattern.search(line) for pattern in skip))
        for name, lines in sections.items()
    }


def compare(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """Return the differences, a line each: ``files: + /etc/x`` came to be, ``files: - /etc/x`` is gone."""
    differences = []
    for section in sorted({*before, *after}):
        old, new = Counter(before.get(section, [])), Counter(after.get(section, []))
        differences += [f"{section}: - {line}" for line in sorted((old - new).elements())]
        differences += [f"{section}: + {line}" for line in sorted((new - old).elements())]
    return differences


def _interfaces() -> list[str]:
    """Return name, flags, MTU and bridge of each interface, without its number, which is never given out again."""
    found = []
    for line in _lines("ip", "-o", "link"):
        # A veth's peer is shown as its number.
        text = re.sub(r"^\d+: |@if\d+|link-netnsid \d+", "", line)
        # Whether there is a carrier depends on who is plugged in at the moment.
        text = re.sub(r"[<,](NO-CARRIER|LOWER_UP)\b|state \w+ |qlen \d+", "", text)
        found.append(re.sub(r"\s+", " ", text).strip())
    return found


def packet_filter() -> list[str]:
    """Return the rules of every family by every tool that is installed, counters left out."""
    found = []
    for tool in (
        "iptables-nft-save",
        "iptables-legacy-save",
        "ip6tables-nft-save",
        "ip6tables-legacy-save",
        "ebtables-save",
    ):
        found += [f"{tool.removesuffix('-save')} {line}" for line in rule_lines(_lines(tool))]
    found += [f"nft {line}" for line in rule_lines(_lines("nft", "list", "ruleset"))]
    if not found:
        for tool in ("iptables-save", "ip6tables-save"):
            found += [f"{tool.removesuffix('-save')} {line}" for line in rule_lines(_lines(tool))]
    return found


def rule_lines(lines: Iterable[str]) -> list[str]:
    """Return rules with the name of their table, without comments and counters."""
    found, table = [], ""
    for raw in lines:
        line = NOISE.sub("", raw).strip()
        if line.startswith(("*", "table ")):
            table = line.removeprefix("table ").strip("*{ ")
        elif line and not line.startswith("#") and line not in ("COMMIT", "}"):
            found.append(f"{table}: {line}")
    return found


def namespaces() -> list[str]:
    """Return each namespace's kind and the command of its first process, our own and kernel threads left out."""
    if shutil.which("lsns") is None:
        return []
    own = own_processes()
    found = []
    for line in _lines("lsns", "--noheadings", "--raw", "--output", "TYPE,NPROCS,PID,COMMAND"):
        words = line.split(None, 3)
        # One that no process is in has been kept by a mount, which its path names.
        pid = int(words[2]) if len(words) > 2 and words[2].isdigit() else 0
        if pid not in own:
            found.append(f"{words[0]} {_command(pid) or 'no process'}")
    return found


def mounts(text: str) -> list[str]:
    """Return device, place and type of each mount; options hold sizes and ids that change by themselves."""
    return [" ".join(line.split()[:3]) for line in text.splitlines() if line.strip()]


def processes() -> list[str]:
    """Return the command line of each process but our own, our ancestors, their children and kernel threads."""
    own = own_processes()
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and int(path.name) not in own and (command := _command(int(path.name))):
            found.append(re.sub(r"\b[0-9a-f]{12,64}\b|\b\d{3,}\b", "N", command))
    return found


def own_processes() -> frozenset[int]:
    """Return this process, its ancestors up to the session's leader, and all that descends from these."""
    parents = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    mine, pid = {os.getpid()}, os.getpid()
    session = os.getsid(0)
    while pid != session and parents.get(pid, 0) > 1:
        pid = parents[pid]
        mine.add(pid)
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent in mine} - mine
        mine |= more
        grown = bool(more)
    return frozenset(mine)


def _command(pid: int) -> str:
    """Return a command line; empty for kernel threads, zombies and processes that are gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def _sysctls() -> list[str]:
    found = []
    for name in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/bridge/bridge-nf-call-iptables"):
        path = Path("/proc/sys") / name
        if path.exists():
            found.append(f"{name} = {path.read_text().strip()}")
    return found


def _lines(*command: str) -> list[str]:
    """Return what a tool prints, or nothing where it is not installed or refuses."""
    if shutil.which(command[0]) is None:
        return []
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return [re.sub(r"\s+", " ", line).strip() for line in result.stdout.splitlines() if line.strip()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Save the state of this host, or compare it with a saved one.")
    parser.add_argument("action", choices=("save", "compare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--ignore", action="append", default=[], metavar="REGEX", help="lines that do not count")
    options = parser.parse_args(arguments)
    current = snapshot(options.ignore)
    if options.action == "save":
        options.file.write_text(json.dumps(current, indent=1) + "\n")
        return 0
    differences = compare(json.loads(options.file.read_text()), current)
    sys.stdout.write("".join(f"{line}\n" for line in differences))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
