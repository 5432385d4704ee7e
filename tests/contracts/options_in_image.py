"""Runs inside the OpenStack image: prints the options that each family of oslo.config namespaces knows, as JSON.

``{family: {section: {option: deprecated}}}``. Sections are in lower case, as oslo.config takes [AGENT] for [agent].
An option's old names, in whatever section, count as deprecated.
"""

import importlib
import json
import multiprocessing
import sys
from importlib.metadata import entry_points
from typing import Any

SHARED = ("oslo.", "keystonemiddleware.", "cotyledon", "osprofiler")
FAMILIES = {
    "keystone": ("keystone",),
    "glance": ("glance.api", "glance.store", "glance.multi_store"),
    "placement": ("placement.conf",),
    "nova": ("nova.conf", "os_brick", "os_vif"),
    "neutron": ("neutron", "nova.auth", "placement.auth"),
    "octavia": ("octavia",),
}
RIGHTS = ("nova_sys_admin", "vif_plug_ovs_privileged", "privsep_osbrick", "privsep_namespace", "privsep_link")


def known(prefixes: tuple[str, ...]) -> dict[str, dict[str, bool]]:
    """Return section → option → whether it is deprecated, of all namespaces that begin with a prefix."""
    loading = importlib.import_module("keystoneauth1.loading")
    rights = importlib.import_module("oslo_privsep.priv_context").OPTS
    files = importlib.import_module("glance_store._drivers.filesystem")._FILESYSTEM_CONFIGS

    found: dict[str, dict[str, bool]] = {}

    def add(section: str, name: str, deprecated: bool) -> None:
        options = found.setdefault(section.lower(), {})
        options[name] = options.get(name, True) and deprecated

    groups: list[tuple[Any, Any]] = []
    for entry in entry_points(group="oslo.config.opts"):
        if entry.name.startswith(prefixes + SHARED):
            groups += entry.load()()
    # Each set of rights has a section of its own; what it may hold is the library's.
    groups += [(section, rights) for section in RIGHTS]
    # Glance keeps unfinished work in stores of its own, which are files.
    groups += [(section, files) for section in ("file", "os_glance_tasks_store", "os_glance_staging_store")]
    # Sections with credentials have, besides, the options of the method of authentication.
    login = loading.get_auth_common_conf_options() + loading.get_auth_plugin_conf_options("password")
    login += loading.get_session_conf_options() + loading.get_adapter_conf_options()
    for group, listed in groups:
        options = list(listed)
        section = str(getattr(group, "name", group) or "DEFAULT")
        names = {option.dest for option in options}
        more = login if "auth_type" in names or "auth_section" in names else []
        for option in [*options, *more]:
            retired = bool(getattr(option, "deprecated_for_removal", False))
            for name in {option.dest, option.name, option.name.replace("-", "_")}:
                add(section, name, retired)
            for old in getattr(option, "deprecated_opts", None) or ():
                if old.name:
                    add(old.group or section, old.name.replace("-", "_"), True)
    return found


# Services register options of one name in one place: each is asked in a process of its own.
with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
    json.dump(dict(zip(FAMILIES, pool.map(known, FAMILIES.values(), chunksize=1), strict=True)), sys.stdout)
