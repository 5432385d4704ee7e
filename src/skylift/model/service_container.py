"""What a service declares of its containers and its one-time jobs. A declaration is data: no I/O, no settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skylift.model.service_image import Image

Role = Literal["control", "network", "compute"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A capability, device or security option a container needs, and the reason.

    ``when`` is a key of globals.yml: while that is off, or empty, it is not given.
    """

    name: str
    why: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Storage:
    """A mount: ``source`` is a volume's short name, or a path of the host when it starts with ``/``.

    ``kind`` tmpfs has no source. ``data`` marks what ``down --keep-data`` keeps.
    """

    source: str
    target: str
    why: str
    read_only: bool = False
    data: bool = False
    kind: Literal["volume", "bind", "tmpfs"] = "volume"
    propagation: Literal["", "shared", "rshared", "rslave"] = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """A file that a container has when, and only when, the override folder does: the first of ``names`` that is there.

    It goes to ``folder`` under its own name. ``option``, as section and key, is set to the name, or to the path where
    ``by_path``. ``verbatim``: it is no template.
    """

    names: tuple[str, ...]
    folder: str
    option: tuple[str, str] | None = None
    by_path: bool = False
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """What in the override folder changes a file.

    ``names`` are paths in that folder, the last has the last word; ``{host}`` stands for the node and ``{container}``
    for Kolla's name of the container (``nova-api``). ``how``: ``oslo`` (oslo.config) and ``mysql`` files are merged key
    by key; for ``whole`` the last that is there replaces the file. ``options`` names the image's list of options that
    the program knows; empty: nobody knows them all. ``extras`` come with the file.
    """

    names: tuple[str, ...]
    how: Literal["oslo", "mysql", "whole"] = "oslo"
    options: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A template of the service's folder and where kolla_set_configs puts the rendered file.

    ``template`` is a name in ``templates/`` (``nova.conf.j2``); ``dest`` the path in the container; ``override`` what
    of the user's may change it. ``needs`` is a service: while that is off, the container has no such file.
    """

    template: str
    dest: str
    owner: str
    perm: str = "0600"
    override: Override | None = None
    needs: str = ""


@dataclass(frozen=True, slots=True)
class HttpCheck:
    """Ready when an HTTP request to ``port`` answers with a status below 500 (or just ``status``).

    ``port_key`` is the key of globals.yml that says which port it is, with ``port`` as its default.
    """

    port: int
    path: str = "/"
    status: int | None = None
    port_key: str = ""


@dataclass(frozen=True, slots=True)
class TcpCheck:
    """Ready when ``port`` accepts a connection at the API address."""

    port: int


@dataclass(frozen=True, slots=True)
class CommandCheck:
    """Ready when ``command`` run inside the container exits 0 (``healthcheck_port nova-scheduler 5672``)."""

    command: tuple[str, ...]


Check = HttpCheck | TcpCheck | CommandCheck


@dataclass(frozen=True, slots=True)
class Reload:
    """How a running container takes over changed ``templates`` without a restart: ``command`` is run inside it."""

    templates: tuple[str, ...]
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Container:
    """One process of a service on each node that has ``role``.

    ``after`` names containers that must be ready and jobs that must have succeeded before this one is started; those
    of a service that is off are not waited for. ``catalogue`` stands for the service users and endpoints in keystone.
    ``timeout`` seconds bound the wait for ``check``; ``grace`` seconds are given at a stop. ``weight`` is its share of
    the processors while containers compete for them: more for those that many others wait for. ``follows`` names
    containers of the same node whose change is a cause for this one's. ``outage`` says what does not answer while it is
    down, in words that follow "without" (``new logins and tokens``); ``guests`` what its stop means to running guests,
    empty for nothing. ``reload`` spares it a restart when only some of its files change. ``when`` is a key of
    globals.yml: while that is off, there is no such container. ``page`` names what people see in a browser where
    ``check`` asks (``dashboard``). In ``command``, ``{node}`` stands for the node's name.
    ``devices_from`` is a key that lists further devices, which are given to the image's user. ``report`` is run inside
    it for ``status``: one line, and an exit code other than 0 for what is not well; ``contents`` to name all that
    users have in it, one a line.
    """

    name: str
    image: Image
    command: str
    files: tuple[ConfigFile, ...] = ()
    check: Check | None = None
    after: tuple[str, ...] = ()
    role: Role = "control"
    storage: tuple[Storage, ...] = ()
    capabilities: tuple[Grant, ...] = ()
    devices: tuple[Grant, ...] = ()
    security: tuple[Grant, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    permissions: tuple[tuple[str, str], ...] = ()
    host_pid: Grant | None = None
    cgroup_host: Grant | None = None
    user: str | None = None
    timeout: int = 120
    grace: int = 10
    weight: int = 1
    follows: tuple[str, ...] = ()
    outage: str = ""
    guests: str = ""
    reload: Reload | None = None
    when: str = ""
    page: str = ""
    devices_from: str = ""
    report: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One-time work in a container that ends: repeated when, and only when, its inputs changed.

    ``like`` names the container whose image, files, storage it borrows; ``files`` come in addition. The inputs are
    the rendered files, the command and the image. A non-zero exit is a failure.
    """

    name: str
    like: str
    command: str
    files: tuple[ConfigFile, ...] = ()
    after: tuple[str, ...] = ()
    timeout: int = 300
    user: str | None = None
    weight: int = 8
