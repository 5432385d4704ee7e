"""Write which options each service knows, for the warning about overrides that have no effect.

    python options.py FOLDER < options.txt

Each line of the input is a service and its namespaces of oslo.config; what belongs to no service here is every
service's. FOLDER/SERVICE.json is
``{section: {option: deprecated}}``: sections in lower case but for DEFAULT, as oslo.config takes [AGENT] for [agent];
an option's old names, in whatever section, count as deprecated.
"""

import importlib
import json
import multiprocessing
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

Options = dict[str, dict[str, bool]]

NOBODYS = ("castellan.tests.*", "manilaclient.config")
"""Namespaces that are for tests."""


def rights(venv: Path) -> set[str]:
    """Return the sections that hold what a set of rights (oslo.privsep) may do: named in the code, listed nowhere."""
    found: set[str] = set()
    for path in (path for pattern in ("*priv*/*.py", "*priv*.py") for path in venv.rglob(pattern)):
        found.update(re.findall(r"cfg_section=['\"](\w+)['\"]", path.read_text(errors="replace")))
    return found


def logins() -> list[Any]:
    """Return the options of every method of authentication that is installed."""
    loading = importlib.import_module("keystoneauth1.loading")
    options = loading.get_auth_common_conf_options()
    options += loading.get_session_conf_options() + loading.get_adapter_conf_options()
    for name in sorted(loading.get_available_plugin_names()):
        try:
            options += loading.get_auth_plugin_conf_options(name)
        except ImportError:
            continue  # a method whose library is not installed cannot be chosen
    return options


def listing(entry: EntryPoint) -> Iterable[tuple[Any, Iterable[Any]]]:
    """Return what an entry point lists. Libraries of plug-ins that are not installed are stood in for.

    A service lists the options of all its plug-ins at once, so that one such library would hide those of all others.
    """
    while True:
        try:
            listed: Iterable[tuple[Any, Iterable[Any]]] = entry.load()()
        except ModuleNotFoundError as missing:
            if not missing.name or missing.name in sys.modules:
                raise
            sys.modules[missing.name] = MagicMock()
        else:
            return listed


def groups(entries: Iterable[EntryPoint], own: bool) -> Iterator[tuple[str, list[Any]]]:
    """Yield each section with its options.

    Left out are, unless they are its ``own``, programs beside this one that cannot be loaded together with it: they
    register other options under the same names, or want it to have some.
    """
    for entry in entries:
        try:
            listed = [(group, list(options)) for group, options in (listing(entry) if own else entry.load()())]
        except Exception:
            if own:
                raise
            continue
        for group, options in listed:
            yield str(getattr(group, "name", group) or "DEFAULT"), options


def known(listed: Iterable[tuple[str, list[Any]]], login: list[Any]) -> Options:
    """Return section → option → whether it is deprecated."""
    found: Options = {}

    def add(section: str, name: str, deprecated: bool) -> None:
        options = found.setdefault(section if section == "DEFAULT" else section.lower(), {})
        options[name] = options.get(name, True) and deprecated

    for section, options in listed:
        names = {option.dest for option in options}
        # Sections with credentials have, besides, the options of the method of authentication.
        more = login if names & {"auth_type", "auth_section", "send_service_user_token"} else []
        for option in [*options, *more]:
            retired = bool(getattr(option, "deprecated_for_removal", False))
            for name in {option.dest, option.name, option.name.replace("-", "_")}:
                add(section, name, retired)
            for old in getattr(option, "deprecated_opts", None) or ():
                if old.name:
                    add(old.group or section, old.name.replace("-", "_"), True)
    return found


def write(service: str, own: list[EntryPoint], shared: list[EntryPoint], sections: set[str], folder: Path) -> str:
    """Write the file of one service. Return what went wrong: not every exception survives the way between processes."""
    try:
        _write(service, own, shared, sections, folder)
    except Exception:
        return f"{service}: {traceback.format_exc()}"
    return ""


def _write(service: str, own: list[EntryPoint], shared: list[EntryPoint], sections: set[str], folder: Path) -> None:
    listed = [*groups(own, own=True), *groups(shared, own=False)]
    privileges = importlib.import_module("oslo_privsep.priv_context").OPTS
    listed += [(section, privileges) for section in sorted(sections)]
    if service == "glance":
        # Glance keeps unfinished work in stores of its own, which are files.
        files = importlib.import_module("glance_store._drivers.filesystem")._FILESYSTEM_CONFIGS
        listed += [(section, files) for section in ("file", "os_glance_tasks_store", "os_glance_staging_store")]
    text = json.dumps(known(listed, logins()), sort_keys=True, separators=(",", ":"))
    (folder / f"{service}.json").write_text(text)


def main() -> None:
    """Read the list of services, and write a file for each."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lines = [line.split() for line in sys.stdin if line.strip() and not line.startswith("#")]
    services = {line[0]: line[1:] for line in lines}
    entries = entry_points(group="oslo.config.opts")
    own = {
        service: [entry for entry in entries if any(fnmatchcase(entry.name, pattern) for pattern in patterns)]
        for service, patterns in services.items()
    }
    taken = {entry.name for mine in own.values() for entry in mine}
    shared = [
        entry
        for entry in entries
        if entry.name not in taken and not any(fnmatchcase(entry.name, pattern) for pattern in NOBODYS)
    ]
    sections = rights(Path(sys.prefix))
    # Services register options of one name in one place: each is asked in a process of its own.
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        work = [(service, mine, shared, sections, folder) for service, mine in own.items()]
        failed = [text for text in pool.starmap(write, work, chunksize=1) if text]
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
