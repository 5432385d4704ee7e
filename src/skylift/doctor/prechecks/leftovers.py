"""What earlier clouds left on the machine: of this name it breaks the next one, of others it is named one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skylift.doctor.prechecks.context import Context
from skylift.model.container import LABEL
from skylift.model.problem import Problem

SHOWN = 40
# Interfaces by which Neutron's agents and Open vSwitch are known, and Octavia's on a host.
FOREIGN_LINK = re.compile(
    r"^(br-(int|ex|tun)|ovs-(system|netdev)|(qbr|qvo|qvb|tap|qr-|qg-|brq)[0-9a-f-]{8,11}|o-b?hm0|(vxlan|genev|gre)_sys.*)$"
)
FOREIGN_NAMESPACE = re.compile(r"^(qrouter|qdhcp|ovnmeta|qlbaas|snat|fip|amphora)-")
OUR_LINK = re.compile(r"^sk-[0-9a-f]{8}[iet]$")
KOLLA_IMAGE = re.compile(r"(^|/)(openstack\.kolla|kolla)/")
# Volumes of Kolla-Ansible have no labels: these are names that nobody else gives.
KOLLA_VOLUMES = frozenset(
    {"kolla_logs", "nova_compute", "openvswitch_db", "ovn_nb_db", "ovn_sb_db", "neutron_metadata_socket", "iscsi_info"}
    | {"haproxy_socket", "keystone_fernet_tokens", "fluentd_data", "libvirtd", "proxysql_socket"}
)


def check(context: Context) -> Problem | None:
    """Refuse our bridges, and packet filter rules that name them, where the engine knows no such network.

    On a node that is a host, refuse what other deployments left as well: it would be in the way of the same interfaces,
    namespaces and rules.
    """
    known = {one.name for one in context.own_objects if one.kind == "network"}
    orphaned = {network.bridge for network in context.cloud.networks if network.name not in known}
    links = [one.name for one in context.host.interfaces if one.name in orphaned]
    rules = [rule for rule in context.host.rules if orphaned & set(re.findall(r"[\w-]+", rule))]
    foreign = [what for _, what, _ in others(context)] if context.hosts else []
    if not links and not rules and not foreign:
        return None
    fix = [f"ip link delete {name}" for name in links]
    if rules:
        # The engine writes all of its rules anew at its start, and takes the strays out only then.
        fix.append("Restart the container engine (systemctl restart docker), which writes its rules anew.")
    fix += [remedy for _, _, remedy in others(context)][:SHOWN] if foreign else []
    return Problem(
        code="leftovers",
        summary="Remains of an earlier cloud are in the way",
        detail="\n".join(
            [f"interface {name} belongs to no network of the engine" for name in links]
            + [f"packet filter rule: {rule}" for rule in rules[:5]]
            + _some(foreign)
        ),
        fix="\n".join(dict.fromkeys(fix)),
        where=links[0] if links else "packet filter" if rules else foreign[0],
    )


def warn(context: Context) -> tuple[Problem, ...]:
    """Name what other deployments left, one by one.

    It is no reason to refuse a cloud of contained nodes: their interfaces, namespaces, switches and rules are in a
    network namespace of their own, and their containers, volumes and networks bear the cloud's name.
    """
    found = [] if context.hosts else list(others(context))
    if not found:
        return ()
    return (
        Problem(
            code="leftovers-of-others",
            summary="Other deployments of OpenStack are, or were, on this machine",
            detail="\n".join([*_some([what for _, what, _ in found]), "Contained nodes are not disturbed by them."]),
            fix="\n".join(
                ["If nothing needs them any more:", *dict.fromkeys(remedy for _, _, remedy in found[:SHOWN])]
            ),
            where=found[0][1],
        ),
    )


def looked(context: Context) -> str:
    """Count what was gone through."""
    host = context.host
    containers = sum(1 for one in host.objects if one.kind == "container")
    return (
        f"{containers} containers, {len(host.interfaces)} interfaces, {len(host.namespaces_named)} named network "
        "namespaces and the packet filter, for Kolla's, Neutron's and Open vSwitch's"
    )


def others(context: Context) -> Iterator[tuple[str, str, str]]:
    """Yield each leftover of another deployment: its kind, its name in words, and how it is removed."""
    host = context.host
    bridges = {one.bridge for one in host.objects if one.bridge}
    for one in host.objects:
        if one.kind == "container" and LABEL + "cloud" not in one.labels and _kolla(one.labels, one.image):
            yield "container", f"container {one.name} ({one.image})", f"docker rm -f {one.name}"
    for one in host.objects:
        if one.kind == "volume" and LABEL + "cloud" not in one.labels and one.name in KOLLA_VOLUMES:
            yield "volume", f"volume {one.name}", f"docker volume rm {one.name}"
    for link in host.interfaces:
        if FOREIGN_LINK.match(link.name):
            kind = "Open vSwitch's interface" if link.kind == "openvswitch" else "interface"
            yield "interface", f"{kind} {link.name}", _link_remedy(link.name, link.kind)
        elif OUR_LINK.match(link.name) and link.name not in bridges | context.bridges:
            yield "interface", f"interface {link.name} of a Skylift cloud that is gone", f"ip link delete {link.name}"
    for name in host.namespaces_named:
        if FOREIGN_NAMESPACE.match(name):
            yield "namespace", f"network namespace {name}", f"ip netns delete {name}"
    for rule in host.foreign_rules:
        yield "rule", f"packet filter: {rule}", "iptables-save | grep -vE 'neutron-|nova-|octavia-' | iptables-restore"


def _kolla(labels: object, image: str) -> bool:
    return (isinstance(labels, dict) and "kolla_version" in labels) or KOLLA_IMAGE.search(image) is not None


def _link_remedy(name: str, kind: str) -> str:
    return f"ovs-vsctl --if-exists del-br {name}" if kind == "openvswitch" else f"ip link delete {name}"


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], f"and {more} more"] if more > 0 else lines
