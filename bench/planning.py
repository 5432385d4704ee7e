"""Measure planning alone: clouds of 100, 300 and 1,000 nodes with 30 containers each, observed and desired in memory.

    python -m bench.planning [--nodes 100 300 1000] [--output build/planning.json]

The containers are those of the declared services: what the first node is given is given to each under its own name and
address; one-time jobs are on the first. Each size is measured in a process of its own, for its own peak of memory.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from tests.contracts import fixture
from tests.unit.plan.world import settled

from skylift.cli.main import COLLECT
from skylift.model.cloud import Node
from skylift.model.container import ContainerSpec, File
from skylift.model.desired import Desired
from skylift.model.inputs import Input
from skylift.model.observed import Observed
from skylift.model.plan import Plan
from skylift.model.secret import Secret
from skylift.plan.explain import explain
from skylift.plan.limit import limit
from skylift.plan.make import make
from skylift.settings import Passwords

PER_NODE = 30
SIZES = (100, 300, 1000)
SECONDS, GIB, GROWTH = 10.0, 2.0, 1.3
"""The bars: seconds and memory at 1,000 nodes, and how much more a container may cost there than at the smallest,
where there is something to compare it with: a first deployment costs a third of that at any size, and most of it is
making objects, which costs more where they no longer fit the processor's cache."""
FIRST = "first deployment"
ADDRESSES = IPv4Network("10.64.0.0/16")


def desired(nodes: int) -> Desired:
    """Return a cloud of ``nodes`` nodes. The first one has all containers and jobs, the others have 30 containers each.

    They wait for those on their own node, and for what is on the first one only.
    """
    first = fixture.desired()
    every = [spec for spec in first.containers if not spec.job]
    more = [_again(spec) for spec in every if spec.service == "nova"]
    base = (*every, *more[: PER_NODE - len(every)])
    own = {spec.name for spec in base}
    cloud = replace(first.cloud, nodes=tuple(_node(number) for number in range(1, nodes + 1)))
    containers = (*first.containers, *(_moved(spec, node, own) for node in cloud.nodes[1:] for spec in base))
    volumes = sorted({mount.source for spec in containers for mount in spec.mounts if mount.kind == "volume"})
    return replace(first, cloud=cloud, containers=containers, volumes=tuple(volumes), data_volumes=frozenset(volumes))


def _again(spec: ContainerSpec) -> ContainerSpec:
    return replace(spec, name=f"{spec.name}_2", short=f"{spec.short}_2")


def _node(number: int) -> Node:
    address = ADDRESSES[number]
    return Node(f"node{number}", f"golden-node{number}", address, address, address)


def _moved(spec: ContainerSpec, node: Node, own: Set[str]) -> ContainerSpec:
    """Return what ``spec``, of the first node, is on ``node``."""

    def name(text: str) -> str:
        return text.replace("golden-node1", node.container)

    return replace(
        spec,
        name=name(spec.name),
        node=node.name,
        short=node.name if spec.service == "node" else spec.short,
        network=name(spec.network),
        after=tuple(name(one) if one in own else one for one in spec.after),
        mounts=tuple(replace(mount, source=name(mount.source)) for mount in spec.mounts),
        attachments=tuple(replace(one, address=str(node.internal)) for one in spec.attachments),
        files=tuple(_file(file, node) for file in spec.files),
    )


def _file(file: File, node: Node) -> File:
    text = file.content.reveal().replace("node1", node.name).replace("172.24.0.16", str(node.internal))
    return replace(file, content=Secret(text))


def with_option(wanted: Desired) -> Desired:
    """Return the cloud with another value of one nova option on every node."""
    return _edited(wanted, "nova.conf", "\n[libvirt]\nvirt_type = kvm\n", Input("nova_compute_virt_type", "kvm"))


def with_password(wanted: Desired) -> Desired:
    """Return the cloud with another password of the message queue, which most containers share."""
    return _edited(wanted, "", "# other\n", Input.password("rabbitmq_password", "other"))


def _edited(wanted: Desired, name: str, text: str, given: Input) -> Desired:
    """Return ``wanted`` with text and an input changed in files of a name, or in those that have the input."""

    def edited(file: File) -> File:
        if file.name != name if name else given.name not in {one.name for one in file.inputs}:
            return file
        others = tuple(one for one in file.inputs if one.name != given.name)
        return replace(file, content=Secret(file.content.reveal() + text), inputs=(*others, given))

    containers = tuple(replace(spec, files=tuple(map(edited, spec.files))) for spec in wanted.containers)
    return replace(wanted, containers=containers)


def cases(nodes: int) -> Iterator[tuple[str, int, int, Callable[[], Plan]]]:
    """Yield each case, how many containers there are and how many of them change at least, and how to plan it."""
    wanted = desired(nodes)
    count = len(wanted.containers)
    yield FIRST, count, count, lambda: make(wanted, Observed())
    observed = settled(wanted)
    again = desired(nodes)
    yield "nothing to do", count, 0, lambda: make(again, observed)
    option = with_option(wanted)
    changed = sum(any(file.name == "nova.conf" for file in spec.files) and not spec.job for spec in wanted.containers)
    yield "one option on all nodes", count, changed, lambda: make(option, observed)
    texts = {spec.name: {file.path: file.content.reveal() for file in spec.files} for spec in wanted.containers}
    mask = Passwords(fixture.passwords()).mask
    yield "the same, explained", count, changed, lambda: explain(make(option, observed), option, texts, mask)
    password = with_password(wanted)
    yield "one password on all nodes", count, nodes, lambda: make(password, observed)
    yield "one password, only nova", count, nodes, lambda: limit(make(password, observed), ["nova"], password)


def measure(nodes: int) -> list[dict[str, Any]]:
    """Return the measurements of one size. Times are the processor's, in seconds; a machine may be shared."""
    found = []
    for name, containers, least, plan in cases(nodes):
        gc.collect()
        begun = time.process_time()
        made = plan()
        spent = time.process_time() - begun
        if len(made.changes) < least or (name == "nothing to do" and not made.empty):
            sys.exit(f"{name}: {len(made.changes)} containers change, {len(made)} operations")
        found.append(
            {
                "case": name,
                "nodes": nodes,
                "containers": containers,
                "operations": len(made),
                "seconds": round(spent, 2),
                "microseconds_per_container": round(spent / containers * 1e6, 1),
                "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
            }
        )
    return found


def table(found: Sequence[dict[str, Any]]) -> str:
    """Return the measurements as text."""
    lines = [f"{'':<28}{'nodes':>6}{'containers':>12}{'operations':>12}{'s':>8}{'µs each':>9}{'GiB':>7}"]
    lines += [
        f"{one['case']:<28}{one['nodes']:>6}{one['containers']:>12,}{one['operations']:>12,}{one['seconds']:>8.2f}"
        f"{one['microseconds_per_container']:>9.1f}{one['peak_gib']:>7.2f}"
        for one in found
    ]
    return "\n".join(lines)


def missed(found: Sequence[dict[str, Any]]) -> list[str]:
    """Return which bars were missed, in words."""
    by_case: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        by_case.setdefault(one["case"], []).append(one)
    words = []
    for case, sizes in by_case.items():
        few, many = min(sizes, key=_size), max(sizes, key=_size)
        growth = many["microseconds_per_container"] / few["microseconds_per_container"]
        if many["seconds"] >= SECONDS:
            words.append(f"{case}: {many['seconds']} s for {many['nodes']} nodes, not under {SECONDS:.0f} s")
        if many["peak_gib"] >= GIB:
            words.append(f"{case}: {many['peak_gib']} GiB for {many['nodes']} nodes, not under {GIB:.0f} GiB")
        if growth > GROWTH and case != FIRST:
            words.append(f"{case}: a container costs {growth:.2f} times as much with {many['nodes']} nodes")
    return words


def _size(one: dict[str, Any]) -> int:
    return int(one["nodes"])


def main(arguments: Sequence[str]) -> int:
    """Measure each size; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--output", type=Path, default=Path("build/planning.json"))
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        gc.set_threshold(*COLLECT)
        sys.stdout.write(json.dumps(measure(options.nodes[0])))
        return 0
    found: list[dict[str, Any]] = []
    for nodes in options.nodes:
        command = [sys.executable, "-m", "bench.planning", "--one", "--nodes", str(nodes)]
        found += json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(found, indent=1) + "\n")
    words = missed(found)
    sys.stdout.write("\n".join([table(found), *(f"MISSED {one}" for one in words)]) + "\n")
    return 1 if words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
