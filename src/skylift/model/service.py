"""What a service declares of itself. A declaration is data: no I/O, no settings, no node names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from skylift.model.service_container import Container, Job
from skylift.model.service_image import Account, Packages, Schema


@dataclass(frozen=True, slots=True)
class Database:
    """A database, its user, and the key in passwords.yml. ``schema`` names the dump in the image that fills it."""

    name: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A catalogue entry. ``path`` may hold ``%(project_id)s``. Public, internal and admin share the address.

    ``question`` is a path below the URL whose answer takes the service's database and a token, and changes nothing:
    what ``doctor`` asks. Of several entries for the same API one has it.
    """

    type: str
    name: str
    description: str
    port: int
    path: str = ""
    question: str = ""


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
