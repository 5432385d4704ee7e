"""The cloud that faults are put into: its containers, its database, its switch, its APIs, and its two guests.

The engine is asked through its own client, and the APIs through a client of their own with little patience, so that
what is seen here does not come from what is measured. No password is an argument of a command.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skylift.app import access
from skylift.model.problem import Problem
from skylift.model.proof import PREFIX
from skylift.model.secret import Secret
from skylift.openstack.client import Api, Credentials

SKYLIFT = Path(sys.executable).with_name("skylift")
LABEL = "io.skylift."
MINE = "fault-"
"""Begins the name of what a fault makes through an API."""
CONFIG = "/var/lib/kolla/config_files"
QUERY = ("mariadb", "--no-defaults", "--skip-ssl", "--socket=/run/mysqld/mysqld.sock", "--user=root", "-N", "-B")


@dataclass
class Lab:
    """A running cloud of one node. ``address`` is where its two guests answer from outside."""

    config: Path
    cloud: str
    api: Api
    address: str = ""
    node: str = "node1"
    shorts: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, config: Path) -> Lab:
        """Return the cloud of a configuration folder. Raises Problem ``no-credentials``."""
        found = access.find(config)
        credentials = Credentials(found.auth_url, "admin", access.password(config) or Secret(""), "admin")
        lab = cls(config, found.cloud, Api(credentials, timeout=10.0))
        lab.shorts = tuple(sorted(one["Config"]["Labels"][f"{LABEL}container"] for one in lab.inspected()))
        return lab

    # -- the engine ---------------------------------------------------------------------------------------------------

    def name(self, short: str) -> str:
        """Return the engine's name of a container; the node's own is the node's."""
        return f"{self.cloud}-{self.node}" if short == self.node else f"{self.cloud}-{self.node}-{short}"

    def docker(self, *arguments: str, check: bool = True, text: str = "", seconds: float = 60.0) -> str:
        """Call the engine's client with ``text`` as its input and return its output; raises CalledProcessError."""
        return called("docker", *arguments, check=check, text=text, seconds=seconds)

    def inspected(self) -> list[dict[str, Any]]:
        """Return what the engine tells of the cloud's containers; jobs that have ended are none."""
        mine = ("--filter", f"label={LABEL}cloud={self.cloud}", "--filter", f"label={LABEL}kind=container")
        found = self.docker("ps", "-aq", *mine).split()
        # One may go between the two questions.
        answer = self.docker("inspect", *found, check=False) if found else "[]"
        shown: list[dict[str, Any]] = json.loads(answer)
        return [one for one in shown if one["Config"]["Labels"].get(f"{LABEL}node") == self.node]

    def pid(self, short: str) -> int:
        """Return the number of a container's first process, as the machine counts; 0 where it does not run."""
        return int(self.docker("inspect", "--format", "{{.State.Pid}}", self.name(short)))

    def processes(self, short: str, command: str = "") -> list[int]:
        """Return the numbers of a container's processes, or of those whose command has ``command`` in it."""
        lines = self.docker("top", self.name(short), "-eo", "pid,args").splitlines()[1:]
        return [int(line.split()[0]) for line in lines if command in line.split(maxsplit=1)[1]]

    def signal(self, number: int, processes: Sequence[int]) -> None:
        """Send a signal to processes; those that have ended meanwhile are passed over."""
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def inside(self, short: str, *command: str, text: str = "", check: bool = True, detach: bool = False) -> str:
        """Run a command in a container as root and return its output; raises CalledProcessError."""
        options = ("--detach",) if detach else ("--interactive",)
        return self.docker("exec", "--user", "root", *options, self.name(short), *command, text=text, check=check)

    def host(self, *command: str) -> str:
        """Run a command of the machine."""
        return called(*command)

    def on_node(self, *command: str) -> str:
        """Run a command of the machine in the node's network."""
        return called("nsenter", "--target", str(self.pid(self.node)), "--net", *command)

    def mounted_in(self, short: str, *command: str) -> str:
        """Run a command of the machine among the mounts of a container."""
        return called("nsenter", "--target", str(self.pid(short)), "--mount", *command)

    def restart(self, short: str) -> None:
        """Stop a container and start it again."""
        self.docker("restart", "--time", "5", self.name(short))

    # -- what is inside -----------------------------------------------------------------------------------------------

    @property
    def internal(self) -> str:
        """The node's address, where its servers listen."""
        return self.endpoint("internal")["IPAddress"] or str(self.endpoint("internal")["IPAMConfig"]["IPv4Address"])

    def network(self, kind: str) -> str:
        """Return the engine's name of the cloud's network of this kind (``external``)."""
        mine = self.docker("network", "ls", "--filter", f"label={LABEL}cloud={self.cloud}", "--format", "{{.Name}}")
        return next(name for name in mine.split() if name.endswith(f"-{kind}"))

    def endpoint(self, kind: str) -> dict[str, Any]:
        """Return the node's place on the cloud's network of this kind. Raises KeyError where it is not on it."""
        shown = json.loads(self.docker("inspect", self.name(self.node)))[0]
        place: dict[str, Any] = shown["NetworkSettings"]["Networks"][self.network(kind)]
        return place

    def sql(self, statements: str) -> list[list[str]]:
        """Run statements as the database's administrator and return the rows, each a list of texts."""
        return [line.split("\t") for line in self.inside("mariadb", *QUERY, text=statements).splitlines()]

    def broker(self, *arguments: str) -> str:
        """Call the message queue's own tool."""
        return self.inside("rabbitmq", "rabbitmqctl", "--quiet", *arguments)

    def switch(self, *arguments: str) -> str:
        """Call the switch's own tool."""
        return self.inside("openvswitch_vswitchd", "ovs-vsctl", "--timeout=20", *arguments).strip()

    def southbound(self, *arguments: str) -> str:
        """Ask OVN's southbound database."""
        where = f"--db=tcp:{self.internal}:6642"
        return self.inside("ovn_sb_db", "ovn-sbctl", where, "--timeout=20", *arguments).strip()

    def edit(self, short: str, file: str, script: str) -> None:
        """Edit one of a container's configuration files with a script of sed, and restart it to take effect."""
        self.inside(short, "sed", "-i", script, f"{CONFIG}/{file}")
        self.restart(short)

    # -- Skylift and OpenStack ----------------------------------------------------------------------------------------

    def skylift(self, *arguments: str, seconds: float = 600.0) -> subprocess.CompletedProcess[str]:
        """Run a command of Skylift on the cloud, whatever its exit code."""
        return subprocess.run(
            [SKYLIFT, *arguments, "--config", str(self.config)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )

    def guests(self) -> list[dict[str, Any]]:
        """Return the two guests that have to answer."""
        return [one for one in self.servers() if one["name"].startswith(PREFIX)]

    def servers(self) -> list[dict[str, Any]]:
        """Return all guests with what Nova knows of them."""
        return self.api.list("compute", "/servers/detail", "servers", all_tenants="true")

    def first(self, service: str, path: str, key: str, **params: Any) -> dict[str, Any]:
        """Return the first item of a collection; raises IndexError where it is empty."""
        return self.api.list(service, path, key, **params)[0]

    def forget(self) -> None:
        """Give up connections and token: keystone may have been away, or have other keys."""
        self.api.close()

    def answered(self, service: str, path: str) -> bool:
        """Return whether an API answers a request that only reads."""
        try:
            self.api.get(service, path)
        except Problem:
            return False
        return True


def called(*command: str, check: bool = True, text: str = "", seconds: float = 60.0) -> str:
    """Run a command and return its output; raises CalledProcessError with what it said."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=seconds, check=False)
    if check and done.returncode:
        raise Failed(done.returncode, command, done.stdout, done.stderr)
    return done.stdout


class Failed(subprocess.CalledProcessError):
    """A command that failed, told with the end of what it said."""

    def __str__(self) -> str:
        return f"{super().__str__()} {(self.stderr or '')[-300:].strip()}"
