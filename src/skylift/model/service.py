"""What a service declares of itself. A declaration is data: no I/O, no settings, no node names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Role = Literal["control", "network", "compute"]


@dataclass(frozen=True, slots=True)
class Image:
    """A Kolla image name, the family of layers it is made from (a folder under ``images/``), and its user."""

    name: str
    family: str
    user: str


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


@dataclass(frozen=True, slots=True)
class Database:
    """A database, its user, and the key in passwords.yml. ``schema`` names the dump in the image that fills it."""

    name: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A catalogue entry. ``path`` may hold ``%(project_id)s``. Public, internal and admin share the address."""

    type: str
    name: str
    description: str
    port: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The service's own user in keystone: admin role (and ``extra_roles``) in project service.

    ``trusted``: users have it act for them (trusts), which would go with it: while the service is off it is disabled.
    """

    name: str
    password: str
    extra_roles: tuple[str, ...] = ("service",)
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain in keystone in which the service keeps users of its own making, and the user that administers it.

    ``password`` is the key of the administrator's in passwords.yml. The domain's users are the service's data: it is
    switched off with the service, and removed with its data.
    """

    name: str
    admin: str
    password: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Password:
    """A key of passwords.yml. ``kind``: word (40 letters and digits), uuid, hex, fernet, ssh-key (a pair), cephx.

    ``fixed`` says why ``rotate`` cannot replace it; empty where it can.
    """

    name: str
    kind: Literal["word", "uuid", "hex", "fernet", "ssh-key", "cephx"] = "word"
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class Packages:
    """What an image ``family`` must hold for a service.

    ``debian`` are package names; ``python`` are lines of a requirements file (``cinder==29.0.0``), for the families
    ``openstack`` and ``client`` only: the latter is no image, but what ``skylift openstack`` calls.
    """

    family: str
    debian: tuple[str, ...] = ()
    python: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the images who differs from the usual: home ``/var/lib/NAME``, no group but ``kolla``."""

    name: str
    home: str = ""
    groups: tuple[str, ...] = ()
    family: str = "openstack"


@dataclass(frozen=True, slots=True)
class Schema:
    """A database whose schema is migrated when images are built, and kept in them as a dump.

    ``command`` migrates it, with ``CONFIG`` for the configuration file in whose ``section`` the connection is; parts
    are joined with ``&&``. ``seconds`` it takes: the longest begins first.
    """

    database: str
    command: str
    section: str = "database"
    seconds: int = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to meet a need: a key of globals.yml, and the ``service`` behind it, if any."""

    key: str
    service: str = ""


@dataclass(frozen=True, slots=True)
class OneOf:
    """``what`` a service cannot do without, and its ``choices``: at least one is on. The first is what is offered."""

    what: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class KernelNeed:
    """What the machine's kernel must have while ``key`` of globals.yml is on: names in ``observed/features.py``.

    ``host`` says why even then it takes a node that is a host, and no contained one; empty where it does not.
    """

    key: str
    features: tuple[str, ...]
    host: str = ""


@dataclass(frozen=True, slots=True)
class ApiObject:
    """Something behind the service's own API that must always be there: its kind, name and attributes.

    Kinds are those of ``openstack/resources/``. ``when`` is a key of globals.yml: while that is off, it is not asked
    for (what is there of it stays).
    """

    kind: str
    name: str
    values: tuple[tuple[str, str | bool | int], ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """An OpenStack or supporting service: everything generic code needs to deploy it.

    ``enabled_by`` is the globals.yml key that switches it (empty: always on). ``package`` is the Python distribution
    whose version ``status`` shows, or the Debian package with prefix ``deb:``. ``packages``, ``accounts`` (where they
    differ from the usual), ``schemas`` and ``options`` (the namespaces of oslo.config that are its own, ``nova.*``)
    enter its images. ``memory`` is what all its containers take together when idle, in MiB, as measured on the
    reference machine. ``requires`` are services it cannot do without, ``needs_one`` what can be had in several ways,
    ``uses`` those that it goes along with while they are on; ``notes`` is a template, each line of which is told with
    plans that make or change one of its containers;
    ``resources`` are always there behind its API. ``dashboards`` are the Python modules that it adds to Horizon.
    """

    name: str
    title: str
    folder: Path
    containers: tuple[Container, ...] = ()
    jobs: tuple[Job, ...] = ()
    databases: tuple[Database, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    user: ServiceUser | None = None
    domains: tuple[Domain, ...] = ()
    roles: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    """Those of ``roles`` that the cloud's administrator has in his project, so that he can use the service."""
    passwords: tuple[Password, ...] = ()
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    needs_one: tuple[OneOf, ...] = ()
    kernel: tuple[KernelNeed, ...] = ()
    resources: tuple[ApiObject, ...] = ()
    enabled_by: str = ""
    enabled_default: bool = True
    package: str = ""
    proofs: tuple[str, ...] = field(default=())
    packages: tuple[Packages, ...] = ()
    accounts: tuple[Account, ...] = ()
    schemas: tuple[Schema, ...] = ()
    options: tuple[str, ...] = ()
    dashboards: tuple[str, ...] = ()
    memory: int = 0
    notes: str = ""
    identity_topic: str = ""
    """The topic of the message queue under which keystone is to tell the service what becomes of projects and users."""
