"""Everything that two deployments of the same settings must have alike, as sections of lines.

Left out is what differs between any two undisturbed deployments: ids, times, counters, and what services note of
their own doing (heartbeats, health).
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.scenarios.host_snapshot import compare
from tests.scenarios.resume import apis, databases
from tests.scenarios.resume.place import API_ADDRESS, LABEL, NAME, Place, docker, full_name, names

State = dict[str, list[str]]
CONFIG = "/var/lib/kolla/config_files"
OVN = (
    (
        "nb",
        6641,
        ("list Logical_Switch", "list Logical_Switch_Port", "list Logical_Router", "list Logical_Router_Port"),
    ),
    ("sb", 6642, ("list Chassis", "list Encap", "find Port_Binding type=chassisredirect chassis!=[]")),
)
"""What is counted in OVN's databases; the last are the gateways that are on a node."""
SETTLE_SECONDS = 60
"""How long services may take to note themselves in the databases after ``up`` has ended."""


def read(place: Place) -> State:
    """Read the end state of the cloud ``resume``."""
    inspected = json.loads(docker("inspect", *names()))
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(_files, [(one["Name"].lstrip("/"), one["State"]["Running"]) for one in inspected])
        sections = {
            "containers": [line for one in inspected for line in _container(one)],
            "files": [line for lines in found for line in lines],
            "networks": [_network(one) for one in _inspect("network")],
            "volumes": [f"{one['Name']} {one['Driver']} {one['Labels']}" for one in _inspect("volume")],
            "keys": _keys(),
            "switches": _switches(),
            "queues": docker("exec", full_name("rabbitmq"), "rabbitmqctl", "-q", "list_user_permissions", "openstack")
            .splitlines(),
            **databases.read(),
            **apis.read(place.config),
            "left over": left_over(),
        }  # fmt: skip
    return {name: sorted(lines) for name, lines in sections.items()}


def differences(place: Place, reference: State) -> list[str]:
    """Return what differs from ``reference``; services are given a while to note themselves."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        found = compare(reference, read(place))
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(2)


def await_health(seconds: float = 90) -> None:
    """Wait until the engine's own checks of all containers have held."""
    deadline = time.monotonic() + seconds
    while True:
        shown = docker("ps", "--filter", f"label={LABEL}", "--format", "{{.Names}} {{.Status}}").splitlines()
        waiting = [line for line in shown if "starting" in line or "unhealthy" in line]
        if not waiting:
            return
        assert time.monotonic() < deadline, f"not healthy: {waiting}"
        time.sleep(1)


def left_over() -> list[str]:
    """Return what no label or name of this cloud accounts for: helper containers and temporary folders of Skylift."""
    helpers = docker("ps", "-a", "--filter", "status=created", "--filter", "status=exited", "--format",
                     '{{.Names}} {{.Label "io.skylift.cloud"}}')  # fmt: skip
    found = [f"container without a cloud: {line}" for line in helpers.splitlines() if len(line.split()) == 1]
    # Another cloud's have its name, and a plus.
    copies = [path for path in Path("/tmp").glob("skylift-tiny-*") if "+" not in path.name or f"-{NAME}+" in path.name]
    return found + [f"folder {path}" for path in copies]


def _inspect(kind: str) -> Iterator[dict[str, Any]]:
    found = docker(kind, "ls", "--filter", f"label={LABEL}", "--format", "{{.Name}}").split()
    yield from json.loads(docker(kind, "inspect", *found))


def _container(shown: dict[str, Any]) -> Iterator[str]:
    """Return a line for each thing the engine was told of a container, and how it is."""
    name, config, host = shown["Name"].lstrip("/"), shown["Config"], shown["HostConfig"]
    wanted = ("Image", "Cmd", "Entrypoint", "User", "Env", "Healthcheck", "Hostname")
    # Without a name of its own a container gets its id, or its node's name.
    told = {key: config[key] for key in wanted if key != "Hostname" or name == "resume-node1"}
    keys = ("CapAdd", "Devices", "SecurityOpt", "RestartPolicy", "Mounts", "Tmpfs", "Sysctls", "CpuShares", "PidMode")
    told |= {key: host.get(key) for key in keys}
    told["Network"] = host["NetworkMode"].split(":")[0]
    told["Addresses"] = {key: one["IPAddress"] for key, one in shown["NetworkSettings"]["Networks"].items()}
    told["State"] = f"{shown['State']['Status']}, exit code {shown['State']['ExitCode']}"
    told["Mounted"] = sorted(
        (one["Type"], one.get("Name", one["Source"]), one["Destination"]) for one in shown["Mounts"]
    )
    told |= {f"label {key}": value for key, value in config["Labels"].items()}
    for key, value in told.items():
        yield f"{name} {key}: {json.dumps(value, sort_keys=True)}"


HASH = r"""
import hashlib, json, os, sys
folder = "/var/lib/kolla/config_files"
paths = [os.path.join(folder, name) for name in os.listdir(folder)]
paths += [one["dest"] for one in json.load(open(folder + "/config.json"))["config_files"]]
for path in paths:
    seen = os.stat(path)
    digest = hashlib.sha256(open(path, "rb").read()).hexdigest()[:16]
    print(path, oct(seen.st_mode & 0o7777), seen.st_uid, seen.st_gid, digest)
"""


def _files(container: tuple[str, bool]) -> list[str]:
    """Return path, mode, owner and digest of each configuration file, and of where it was copied to."""
    name, runs = container
    if name == "resume-node1":
        return []
    if runs:
        lines = docker("exec", "--user", "0", name, "python3", "-c", HASH).splitlines()
        return [f"{name} {line}" for line in lines]
    files = dict(_archived(name, CONFIG))
    destinations = [one["dest"] for one in json.loads(files[f"{CONFIG}/config.json"][1])["config_files"]]
    for path in destinations:
        files |= dict(_archived(name, path))
    return [
        f"{name} {path} {meta.mode:o} {meta.uid} {meta.gid} {hashlib.sha256(content).hexdigest()[:16]}"
        for path, (meta, content) in files.items()
    ]


def _archived(name: str, path: str) -> Iterable[tuple[str, tuple[tarfile.TarInfo, bytes]]]:
    done = subprocess.run(["docker", "cp", f"{name}:{path}", "-"], capture_output=True, check=True, timeout=60)
    parent = path.rsplit("/", 1)[0]
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        for member in tar:
            if member.isfile() and (content := tar.extractfile(member)) is not None:
                yield f"{parent}/{member.name}", (member, content.read())


def _network(one: dict[str, Any]) -> str:
    kept = {key: one[key] for key in ("Name", "Driver", "Internal", "IPAM", "Options", "Labels")}
    attached = sorted(f"{end['Name']} {end['IPv4Address']}" for end in one["Containers"].values())
    return json.dumps({**kept, "attached": attached}, sort_keys=True)


def _keys() -> list[str]:
    """Return the names, modes and owners of keystone's keys."""
    script = "cd /etc/keystone; stat -c '%n %a %U %G' fernet-keys fernet-keys/* credential-keys credential-keys/*"
    return docker("exec", full_name("keystone"), "sh", "-c", script).splitlines()


def _switches() -> list[str]:
    """Return the bridges and ports of Open vSwitch, and how many objects OVN's databases hold."""
    ovs = 'for b in $(ovs-vsctl list-br); do ovs-vsctl list-ports $b | sed "s/^/$b /"; done'
    shown = docker("exec", full_name("openvswitch_vswitchd"), "sh", "-c", ovs)
    lines = databases.UUID.sub("an id", shown).splitlines()
    for side, port, tables in OVN:
        for table in tables:
            command = (f"ovn-{side}ctl", f"--db=tcp:{API_ADDRESS}:{port}", "--bare", "--columns=_uuid")
            rows = docker("exec", full_name(f"ovn_{side}_db"), *command, *table.split())
            lines.append(f"ovn {table}: {len(rows.split())}")
    return lines
