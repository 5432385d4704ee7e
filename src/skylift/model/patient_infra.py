"""What a patient's machine, broker, database, cache and identity look like. Sizes in bytes, ages in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """The machine that the containers run on; None where it could not be read.

    ``files_free`` is the share of the file system's inodes that are free, ``stalled`` that of the last minute in which
    everything waited for memory, 0 to 1. ``killed`` are what the kernel killed of this cloud for want of memory, each
    with its age. ``downed`` are the cloud's bridges that are down or gone.
    """

    disk_path: str = ""
    disk_free: int | None = None
    disk_total: int | None = None
    files_free: float | None = None
    memory: int = 0
    memory_available: int | None = None
    stalled: float | None = None
    killed: tuple[tuple[str, float], ...] = ()
    forwarding: bool | None = None
    nat_by_engine: bool | None = None
    downed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the broker."""

    name: str
    messages: int
    consumers: int


@dataclass(frozen=True, slots=True)
class Broker:
    """RabbitMQ. ``alarms`` are its resource alarms: disk, memory, file descriptors. ``listens``: it takes clients.

    ``account`` is how its user of the services stands: ok, missing, ``password`` (another one) or ``rights``.
    """

    listens: bool = True
    alarms: tuple[str, ...] = ()
    disk_free: int = 0
    disk_limit: int = 0
    memory: int = 0
    memory_limit: int = 0
    connections: int = 0
    account: str = "ok"
    maintenance: bool = False
    queues: tuple[Queue, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A connection to the database that does something, or has begun a transaction: for how long, and what.

    ``waits`` tells that it waits for a lock; ``blocked_by`` is the id of the connection it waits for, 0 where unknown.
    ``open_for`` is the age of its transaction, None where there is none.
    """

    id: int
    user: str
    seconds: float
    state: str = ""
    text: str = ""
    waits: bool = False
    blocked_by: int = 0
    open_for: float | None = None
    database: str = ""


@dataclass(frozen=True, slots=True)
class Database:
    """MariaDB. ``accounts`` maps a service's user to ok, missing, ``password`` (another one) or locked.

    ``missing`` are databases that services have and that are not there. ``configured`` is the limit of connections in
    the configuration. ``ahead`` is how much its clock is before the machine's. ``galera`` are the cluster's variables.
    ``unmapped`` are compute hosts that belong to no cell.
    """

    connections: int = 0
    limit: int = 0
    configured: int = 0
    refused: int = 0
    read_only: bool = False
    ahead: float = 0.0
    statements: tuple[Statement, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    galera: Mapping[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cache:
    """Memcached. ``refused`` counts connections that it turned away or that had to wait."""

    connections: int = 0
    limit: int = 0
    refused: int = 0
    uptime: float = 0.0


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key that tokens are made with: its file's number, a digest of it, and whether it is a key at all."""

    number: int
    digest: str
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Identity:
    """Keystone. ``login`` is how it takes the administrator: ok, refused or failed; ``said`` are its words.

    ``ahead`` is how much its clock is before the machine's. ``keys`` are the token keys by container.
    """

    login: str = "ok"
    said: str = ""
    seconds: float = 0.0
    ahead: float | None = None
    keys: Mapping[str, tuple[KeyFile, ...]] = field(default_factory=dict)
