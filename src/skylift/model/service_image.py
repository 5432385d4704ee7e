"""What a service declares of its images. A declaration is data: no I/O, no settings, no node names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """A Kolla image name, the family of layers it is made from (a folder under ``images/``), and its user."""

    name: str
    family: str
    user: str


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
