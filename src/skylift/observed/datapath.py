"""Which datapath Open vSwitch can have: the kernel's where there is one, else its own in user space."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass

from skylift.observed.netlink import generic_family

FAMILY = "ovs_datapath"
"""Generic netlink family of the kernel's openvswitch (linux/openvswitch.h)."""


@dataclass(frozen=True, slots=True)
class DatapathVerdict:
    """``datapath`` is Open vSwitch's datapath_type (system or netdev), ``why`` the reason in words."""

    datapath: str
    why: str


def try_datapath(lookup: Callable[[str], int | None] = generic_family) -> DatapathVerdict:
    """Ask the kernel for openvswitch. The question itself makes the kernel load the module where there is one."""
    try:
        code = lookup(FAMILY)
    except OSError as error:
        return DatapathVerdict("netdev", f"the kernel could not be asked for openvswitch: {error}")
    if code is None:
        return DatapathVerdict("system", "the kernel has openvswitch")
    if code == errno.ENOENT:
        return DatapathVerdict("netdev", "the kernel has no openvswitch and no module for it")
    return DatapathVerdict("netdev", f"the kernel refuses openvswitch: {errno.errorcode.get(code, str(code))}")
