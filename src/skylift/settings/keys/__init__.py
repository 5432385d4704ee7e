"""The supported keys of globals.yml: one pydantic model a section, their sum is :class:`Globals`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skylift.settings.keys.ceph import CephKeys
from skylift.settings.keys.cinder import CinderKeys
from skylift.settings.keys.horizon import HorizonKeys
from skylift.settings.keys.images import ImageKeys
from skylift.settings.keys.network import NetworkKeys
from skylift.settings.keys.openstack import OpenstackKeys
from skylift.settings.keys.overrides import OverrideKeys
from skylift.settings.keys.resources import ENVIRONMENT, ResourceKeys
from skylift.settings.keys.types import AddressRange

if TYPE_CHECKING:
    from pydantic import BaseModel

SECTIONS: tuple[type[BaseModel], ...] = (
    ImageKeys,
    NetworkKeys,
    OpenstackKeys,
    ResourceKeys,
    OverrideKeys,
    CephKeys,
    CinderKeys,
    HorizonKeys,
)


class Globals(
    ImageKeys, NetworkKeys, OpenstackKeys, ResourceKeys, OverrideKeys, CephKeys, CinderKeys, HorizonKeys, frozen=True
):
    """Every supported key, checked one by one. What holds between keys is checked in ``settings.between``."""


__all__ = ["ENVIRONMENT", "SECTIONS", "AddressRange", "Globals"]
