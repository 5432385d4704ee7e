"""What in the override folder changes a service's files, as Kolla-Ansible's roles have it (``tasks/config.yml``)."""

from __future__ import annotations

from skylift.model.service_container import Extra, Override

GLOBAL = "global.conf"


def policy(service: str) -> Extra:
    """Return the service's rules on who may do what: ``policy.yaml``, else ``policy.json``."""
    names = (f"{service}/policy.yaml", f"{service}/policy.json")
    return Extra(names, f"/etc/{service}", option=("oslo_policy", "policy_file"))


def merged(service: str, *more: str, extras: tuple[Extra, ...] = ()) -> Override:
    """Return the usual: all services, the service, one of its containers, the service on one host; then ``more``."""
    file = f"{service}.conf"
    names = (GLOBAL, file, f"{service}/{{container}}.conf", f"{service}/{{host}}/{file}", *more)
    return Override(names, options=service, extras=extras)


def whole(service: str, file: str) -> Override:
    """Return that of a file which is replaced: for all hosts, or for one."""
    return Override((f"{service}/{file}", f"{service}/{{host}}/{file}"), how="whole")
