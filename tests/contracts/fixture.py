"""One fixed cloud with telling passwords, from which every service is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from skylift import services
from skylift.desired.build import build, enabled_services
from skylift.desired.resources import initial_resources
from skylift.model.cloud import Cloud, EngineNetwork, Machine, Node
from skylift.model.container import ContainerSpec
from skylift.model.desired import Desired
from skylift.model.secret import Secret
from skylift.services import COMMON_TEMPLATES
from skylift.settings import Overrides, load_text

PURPOSES = ("internal", "external", "tunnel")


def cloud(count: int = 1) -> Cloud:
    """Return a cloud of contained nodes, emulated, with the userspace datapath."""
    networks = []
    for number, purpose in enumerate(PURPOSES):
        subnet = IPv4Network(f"172.24.{number * 4}.0/24")
        block = IPv4Network(f"172.24.{number * 4}.0/27")
        name = f"golden-{number + 1}-{purpose}"
        networks.append(EngineNetwork(name, purpose, subnet, subnet[1], block, f"sk-golden{purpose[0]}"))
    nodes = tuple(node(number) for number in range(count))
    machine = Machine("qemu", "golden", "netdev", "golden", cpus=2, memory=8 << 30)
    return Cloud("golden", "2026.2", "172.24.0.16", tuple(networks), nodes, machine)


def node(number: int) -> Node:
    """Return a node by its number, the first is 0."""
    internal, external, tunnel = (IPv4Address(f"172.24.{third}.{16 + number}") for third in (0, 4, 8))
    return Node(f"node{number + 1}", f"golden-node{number + 1}", internal, external, tunnel)


def desired(
    overrides: Mapping[str, str] | None = None,
    settings_text: str = "",
    *,
    changed: Mapping[str, str] | None = None,
    resources: bool = False,
    erase: frozenset[str] = frozenset(),
    machine: Machine | None = None,
    nodes: int = 1,
) -> Desired:
    """Return the desired cloud of ``settings_text``. A password is its name in capitals, unless it is ``changed``.

    ``overrides`` are texts by their name in the override folder. ``resources``: with the initial ones. ``erase`` are
    services whose data are to go when they are off. ``machine``: what was found out or asked for, else emulation.
    """
    place = cloud(nodes)
    place = replace(place, machine=machine) if machine else place
    declared = services.load()
    settings = load_text(settings_text, declared)
    switches = {service.name: settings.enables(service.enabled_by) for service in declared}
    on = enabled_services(declared, switches, settings.enables)
    return build(
        settings,
        passwords() | {name: Secret(value) for name, value in (changed or {}).items()},
        place,
        on,
        lambda name: (f"skylift/{name}:golden", f"sha256:{name}"),
        initial_resources(settings, place, "ssh-ed25519 AAAA golden", ()) if resources else (),
        declared,
        erase,
        Overrides.of(overrides or {}),
    )


def passwords() -> dict[str, Secret]:
    """Return every declared password; its value is its name in capitals."""
    declared = [password.name for service in services.load() for password in service.passwords]
    return {name: Secret(name.upper()) for name in declared}


def everything() -> Desired:
    """Return the desired cloud with every service on."""
    return desired(settings_text="\n".join(f"{one.enabled_by}: yes" for one in services.load() if one.enabled_by))


def all_golden_files() -> Iterator[tuple[Path, str]]:
    """Yield where each file of the usual cloud is kept, and those that are others where every service is on.

    The latter are in a folder of their own, ``golden/everything``, unless their service is off in the usual cloud.
    """
    usual = dict(golden_files(desired()))
    yield from usual.items()
    on = {path.parents[1] for path in usual} - {COMMON_TEMPLATES.parent}
    for path, text in golden_files(everything()):
        if usual.get(path) != text:
            yield path.parent / "everything" / path.name if path in usual or path.parents[1] in on else path, text


def golden_files(wanted: Desired) -> Iterator[tuple[Path, str]]:
    """Yield where each rendered file is kept (``services/nova/golden/nova.conf``), and its text.

    Containers of a service that are given the same file share one golden file; ``config.json`` is each one's own.
    """
    folders = {service.name: service.folder for service in services.load()}
    for spec in wanted.containers:
        if spec.service in folders:
            for file in spec.files:
                yield golden(folders[spec.service], spec, file.path), file.content.reveal()


def golden(folder: Path, spec: ContainerSpec, path: str) -> Path:
    """Return the path of one golden file. What is rendered from a common template is kept once, beside it."""
    name = Path(path).name
    if name == "config.json":
        return folder / "golden" / f"{spec.short}.{name}"
    own = any((folder / "templates" / each).is_file() for each in (name, f"{name}.j2"))
    return (folder if own else COMMON_TEMPLATES.parent) / "golden" / name


def kept() -> Iterator[Path]:
    """Yield every golden file there is."""
    for folder in (COMMON_TEMPLATES.parent, *(service.folder for service in services.load())):
        yield from (path for path in (folder / "golden").rglob("*") if path.is_file() and path.suffix != ".pyc")


def main() -> None:
    """Write all golden files anew, and remove those that nothing renders any more."""
    current = set()
    for path, text in all_golden_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        current.add(path)
    for path in kept():
        if path not in current:
            path.unlink()


if __name__ == "__main__":
    main()
