"""Measure Ceph: `rbd bench` beside it, and the same sizes from inside a guest whose disk is in it.

    python -m bench.ceph [--output build/bench-ceph.json]

The cloud runs already, with ceph on and its initial resources. A guest is made, measures its own disk with its first
script, writes the figures on its console, and is removed. A guest under emulation measures the emulator as well.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

SKYLIFT = Path(sys.executable).with_name("skylift")
NAME = "skylift-bench-ceph"
SIZES = (("4 KiB", 4096, 16 << 20), ("1 MiB", 1 << 20, 256 << 20))
"""Name, bytes of one request, and of all of them."""
THREADS = 8
END = "skylift-bench: done"
SECONDS = 300

SCRIPT = """#!/bin/sh
# Made by bench/ceph.py: measures the disk of this guest past its file system's beginning, which it may destroy.
disk=/dev/vda
measure() {{
    sync; echo 3 >/proc/sys/vm/drop_caches
    begin=$(cut -d' ' -f1 /proc/uptime)
    i=0
    while [ $i -lt $4 ]; do
        if [ $2 = write ]; then
            dd if=/dev/zero of=$disk bs=$3 seek=$((128 * 1048576 / $3 + i * $5)) count=$5 oflag=direct 2>/tmp/dd$i &
        else
            dd if=$disk of=/dev/null bs=$3 skip=$((128 * 1048576 / $3 + i * $5)) count=$5 iflag=direct 2>/tmp/dd$i &
        fi
        i=$((i + 1))
    done
    wait
    end=$(cut -d' ' -f1 /proc/uptime)
    echo "skylift-bench: $1 $2 $3 $4 $(($5 * $4)) $begin $end" >/dev/console
    grep -h -i -E 'invalid|error|unrecog|usage' /tmp/dd* >/dev/console
}}
{steps}
echo "{end}" >/dev/console
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """``where`` host or guest; requests of ``size`` bytes, ``depth`` at a time."""

    where: str
    kind: str
    size: str
    depth: int
    per_second: float
    mib_per_second: float


def script() -> str:
    """Return what the guest runs: each size, written and read, one request at a time and several."""
    steps = [
        f"measure {name.replace(' ', '')} {kind} {size} {depth} {total // size // depth}"
        for name, size, total in SIZES
        for depth in (1, THREADS)
        for kind in ("write", "read")
    ]
    return SCRIPT.format(steps="\n".join(steps), end=END)


def of_console(text: str) -> Iterator[Figure]:
    """Yield the figures in a guest's console."""
    pattern = r"skylift-bench: (\S+) (write|read) (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)"
    for name, kind, size, depth, count, begin, end in re.findall(pattern, text):
        seconds = max(float(end) - float(begin), 0.01)
        rate = int(count) / seconds
        yield Figure(
            "guest",
            kind,
            name.replace("KiB", " KiB").replace("MiB", " MiB"),
            int(depth),
            rate,
            rate * int(size) / (1 << 20),
        )


def of_rbd(output: str, kind: str, name: str, size: int, depth: int) -> Figure:
    """Return the figure in the last line of ``rbd bench``. Raises ValueError when it says none."""
    found = re.search(r"ops/sec: ([\d.]+)", output)
    if found is None:
        raise ValueError(output[-300:])
    rate = float(found[1])
    return Figure("host", kind, name, depth, rate, rate * size / (1 << 20))


def run(*command: str) -> str:
    """Return the output of a command of skylift. Raises CalledProcessError."""
    return subprocess.run([SKYLIFT, *command], capture_output=True, text=True, check=True).stdout


def host(pool: str) -> Iterator[Figure]:
    """Measure beside Ceph, in an image of the guests' pool."""
    image = f"{pool}/{NAME}"
    run("exec", "ceph_mon", "rbd", "create", "--size", "1G", image)
    try:
        for name, size, total in SIZES:
            for depth in (1, THREADS):
                for kind in ("write", "read"):
                    words = f"--io-type {kind} --io-size {size} --io-threads {depth} --io-total {total}".split()
                    pattern = ("--io-pattern", "seq", "--rbd_cache", "false")
                    yield of_rbd(
                        run("exec", "ceph_mon", "rbd", "bench", *words, *pattern, image), kind, name, size, depth
                    )
    finally:
        run("exec", "ceph_mon", "rbd", "rm", "--no-progress", image)


def guest(flavor: str) -> Iterator[Figure]:
    """Make a guest, wait for its figures, remove it. Raises TimeoutError with the end of its console."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(script())
        file.flush()
        options = ("--flavor", flavor, "--image", "skylift-tiny", "--network", "demo-net", "--user-data", file.name)
        run("openstack", "server", "create", "--wait", *options, NAME)
    try:
        deadline, text = time.monotonic() + SECONDS, ""
        while END not in text:
            if time.monotonic() > deadline:
                raise TimeoutError(text[-500:])
            time.sleep(3)
            text = run("openstack", "console", "log", "show", NAME)
        yield from of_console(text)
    finally:
        run("openstack", "server", "delete", "--wait", NAME)


def table(figures: list[Figure]) -> str:
    """Return the figures as a Markdown table, host and guest side by side."""
    cells: dict[tuple[str, str, int], dict[str, Figure]] = {}
    for one in figures:
        cells.setdefault((one.size, one.kind, one.depth), {})[one.where] = one
    lines = ["| requests | host, rbd bench | inside a guest |", "|---|---|---|"]
    for (size, kind, depth), both in cells.items():
        told = [
            f"{both[where].per_second:,.0f}/s, {both[where].mib_per_second:,.1f} MiB/s" if where in both else ""
            for where in ("host", "guest")
        ]
        lines.append(f"| {kind} {size}, {depth} at a time | {' | '.join(told)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("build/bench-ceph.json"))
    parser.add_argument("--pool", default="vms")
    parser.add_argument("--flavor", default="m1.nano")
    arguments = parser.parse_args()
    figures = [*host(arguments.pool), *guest(arguments.flavor)]
    sys.stdout.write(table(figures) + "\n")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps([asdict(one) for one in figures], indent=1) + "\n")


if __name__ == "__main__":
    main()
