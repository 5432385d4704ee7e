"""What somebody changed on a container behind Skylift's back: its setup compared with what it should be. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from skylift.model.container import ContainerSpec, ContainerState, Mount, Setup

HAND = "by hand"


def drift(spec: ContainerSpec, state: ContainerState, node: ContainerState | None, image: Setup | None) -> list[str]:
    """Return what differs between ``spec`` and the container as it is set up, in words; nothing where nobody looked.

    ``node`` is the container whose network it shares, ``image`` what its image sets (None: not known). Values of
    variables are never told: they may be secrets.
    """
    setup = state.setup
    if setup is None:
        return []
    found = []
    if spec.image_id and state.image_id != spec.image_id:
        found.append(f"it was made from another image, {state.image}, {HAND}")
    if image is not None:
        given = dict(spec.environment)
        expected = {f"{key}={value}" for key, value in given.items()}
        expected |= {item for item in image.environment if _key(item) not in given}
        entrypoint = image.entrypoint if spec.entrypoint is None else spec.entrypoint
        found += _differences("variable", _keys(setup.environment - expected), _keys(expected - setup.environment))
        found += _replaced("command", setup.command, spec.command or image.command)
        found += _replaced("entrypoint", setup.entrypoint, entrypoint)
        found += _replaced("user", setup.user, spec.user or image.user)
    capabilities, devices = set(spec.capabilities), set(spec.devices)
    found += _differences("mount", *_mounts(spec.mounts, setup.mounts))
    found += _differences("capability", setup.capabilities - capabilities, capabilities - setup.capabilities)
    found += _differences("device", setup.devices - devices, devices - setup.devices)
    if setup.privileged:
        found.append(f"it was made privileged {HAND}")
    if setup.host_pid != spec.host_pid:
        found.append(f"its process namespace was changed {HAND}")
    if setup.restart not in ("", "always" if spec.restart else "no"):
        found.append(f"whether it starts again by itself was changed {HAND}")
    return found + _network(spec, setup, node)


def asked_for(spec: ContainerSpec, setup: Setup) -> dict[str, str]:
    """Return, by group of properties, what a container is to get and lose that was made with others, in words."""
    capabilities, devices = set(spec.capabilities), set(spec.devices)
    rights = _differences("capability", capabilities - setup.capabilities, setup.capabilities - capabilities, "")
    rights += _differences("device", devices - setup.devices, setup.devices - devices, "")
    less, more = _mounts(spec.mounts, setup.mounts)
    mounts = _differences("mount", more, less, "")
    return {name: ", ".join(found) for name, found in (("rights", rights), ("mounts", mounts)) if found}


def _network(spec: ContainerSpec, setup: Setup, node: ContainerState | None) -> list[str]:
    if spec.network.startswith("container:") and node is not None:
        joined = setup.network.removeprefix("container:")
        if joined not in (node.engine_id, node.name):
            return [f"it is not in the network of {node.short}"]
    if spec.attachments:
        attached = dict(setup.attached)
        missing = [one.network for one in spec.attachments if attached.get(one.network) != one.address]
        if missing:
            return [f"it is not attached to {', '.join(missing)}"]
    return []


def _key(variable: str) -> str:
    return variable.partition("=")[0]


def _keys(variables: Iterable[str]) -> set[str]:
    return {_key(item) for item in variables}


def _replaced(what: str, have: object, want: object) -> list[str]:
    return [] if have == want else [f"its {what} was changed {HAND}"]


def _differences(what: str, more: Iterable[str], less: Iterable[str], by: str = f" {HAND}") -> list[str]:
    """Return one sentence a kind of difference; what is both more and less was changed."""
    more, less = set(more), set(less)
    changed = more & less
    sentences = []
    for names, verb in ((changed, "changed"), (more - changed, "added"), (less - changed, "taken away")):
        if names:
            several = {"capability": "capabilities"}.get(what, f"{what}s") if len(names) > 1 else what
            sentences.append(f"{several} {', '.join(sorted(names))} {verb}{by}")
    return sentences


def _mounts(wanted: tuple[Mount, ...], have: tuple[Mount, ...]) -> tuple[set[str], set[str]]:
    def form(mounts: tuple[Mount, ...]) -> dict[str, tuple[str, str, bool]]:
        return {one.target: (one.kind, one.source if one.kind != "tmpfs" else "", one.read_only) for one in mounts}

    want, there = form(wanted), form(have)
    differing = {target for target in want.keys() & there.keys() if want[target] != there[target]}
    return (there.keys() - want.keys()) | differing, (want.keys() - there.keys()) | differing
