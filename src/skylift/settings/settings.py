"""The user's settings, checked: what the rest of Skylift reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skylift.model.event import Notice

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from skylift.settings.keys import Globals


@dataclass(frozen=True, slots=True)
class Settings:
    """Every supported key as an attribute of Kolla's name (``settings.openstack_region_name``), default or set.

    ``enabled`` maps a service's ``enabled_by`` key (``enable_octavia``) to its switch; these are attributes too.
    ``warnings`` name Kolla's keys that are set and have no effect here.
    """

    keys: Globals
    enabled: Mapping[str, bool] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()

    def __getattr__(self, name: str) -> Any:
        # Reached only for names that are no fields or properties of this class.
        if not name.startswith("_"):
            if name in type(self.keys).model_fields:
                value = getattr(self.keys, name)
                return getattr(self, other) if value is None and (other := _followed(self.keys, name)) else value
            if name in self.enabled:
                return self.enabled[name]
        raise AttributeError(f"settings have no key {name!r}")

    @property
    def aliases(self) -> Mapping[str, str]:
        """The key behind each attribute that has another name."""
        return {"debug": "openstack_logging_debug", "neutron_physnet": "neutron_physical_networks"}

    def source(self, key: str) -> str:
        """Return where the value of ``key`` comes from: ``globals.yml:12``, ``environment`` or ``default``."""
        return self.sources.get(key, "default")

    def enables(self, key: str) -> bool:
        """Return whether a switch is on: an ``enabled_by`` key or another key; the empty one always is."""
        return not key or bool(getattr(self, key))

    @property
    def debug(self) -> bool:
        """``openstack_logging_debug``, by the name the services' own options have."""
        return self.keys.openstack_logging_debug

    @property
    def image_tag(self) -> str:
        """``openstack_tag``, or Kolla's name for it when that is not set: ``2026.2-debian-trixie``."""
        return self.keys.openstack_tag or f"{self.keys.openstack_release}-{self.keys.kolla_base_distro}-trixie"

    @property
    def neutron_physnet(self) -> str:
        """Neutron's name for the external network."""
        return self.keys.neutron_physical_networks

    @property
    def external_cidr(self) -> IPv4Network | None:
        """The external network the user asks for, by either of its keys, or None to choose one."""
        return self.keys.skylift_external_cidr or self.keys.EXT_NET_CIDR

    def written(self) -> dict[str, str]:
        """Return what was set and not left at its default, as text by key: for the journal. It holds no password."""
        return {key: _text(getattr(self, key)) for key in sorted(self.sources)}


def _followed(keys: Globals, name: str) -> str:
    """Return the key whose value an unset one has; empty where that is none."""
    extra = type(keys).model_fields[name].json_schema_extra
    return str(extra.get("follows", "")) if isinstance(extra, dict) else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
