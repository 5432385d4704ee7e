"""Everything with the name is removed, in an order the APIs accept, and a failure leaves what it is found by."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any, cast

import pytest

from skylift.model.cloud import Cloud
from skylift.openstack.errors import ApiProblem
from skylift.openstack.proofs.bench import Bench, Calls, Made, ProofContext
from skylift.openstack.proofs.cleanup import remove_all
from skylift.openstack.proofs.proof import Unproven

Refuse = Callable[[str, int], int]


def nothing_refused(path: str, times: int) -> int:
    return 0


HOLDS = {
    "routers": ("floatingips",),
    "networks": ("servers", "loadbalancers", "routers"),
    "volumes": ("servers",),
    "snapshots": ("servers",),
    "volume_types": ("volumes",),
}
"""What must be gone before."""


class Apis:
    """Stands in for the APIs: collections by key, one item each; refuses what still has something on it."""

    def __init__(self, refuse: Refuse = nothing_refused) -> None:
        kinds = ("servers", "loadbalancers", "images", "floatingips", "routers", "networks", "security_groups")
        self.there: dict[str, list[dict[str, Any]]] = {kind: [{"id": f"{kind}-1"}] for kind in kinds}
        self.there["loadbalancers"][0] |= {"provisioning_status": "ACTIVE"}
        self.there["servers"][0] |= {"name": "skylift-verify-a", "status": "ACTIVE"}
        self.there["ports"] = [
            {"id": "ports-1", "device_owner": "network:router_interface"},
            {"id": "ports-2", "device_owner": "ovn-lb-hm:distributed"},
        ]
        self.there["volumes"] = [
            {"id": "volumes-1", "name": "skylift-verify-volume", "status": "available"},
            {"id": "volumes-2", "name": "skylift-verify-copy", "status": "available"},
            {"id": "volumes-3", "name": "data of somebody", "status": "in-use"},
        ]
        self.there["snapshots"] = [{"id": "snapshots-1", "name": "skylift-verify-snapshot", "volume_id": "volumes-1"}]
        self.there["backups"] = [{"id": "backups-1", "name": "skylift-verify-backup", "volume_id": "volumes-1"}]
        self.there["volume_types"] = [{"id": "volume_types-1", "name": "skylift-verify-encrypted"}]
        self.refuse = refuse
        self.deleted: list[str] = []
        self.asked: dict[str, int] = {}

    def has(self, service: str) -> bool:
        return True

    def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        assert params or service == "block-storage", "everything of everybody would be removed"
        return list(self.there[key])

    def put(self, service: str, path: str, body: dict[str, str]) -> None:
        assert path == "/v2.0/routers/routers-1/remove_router_interface"
        self.there["ports"] = [port for port in self.there["ports"] if port["id"] != body["port_id"]]

    def delete(self, service: str, path: str, **params: Any) -> None:
        name = path.rsplit("/", 1)[1]
        self.asked[name] = self.asked.get(name, 0) + 1
        if status := self.refuse(name, self.asked[name]):
            raise ApiProblem("api-failed", f"{name} was refused", where=path, status=status)
        kind = name.split("-")[0]
        if name == "snapshots-1":
            assert "volumes-2" in self.deleted, "it has a volume made of it"
        for held in HOLDS.get(kind, ()):
            left = [item for item in self.there[held] if item["id"] != "volumes-3"]
            assert not left, f"{kind} before {held}"
        self.there[kind] = [item for item in self.there.get(kind, []) if item["id"] != name]
        self.deleted.append(name)


def bench(apis: Apis) -> Bench:
    context = ProofContext(
        cast(Any, apis),
        cast(Any, None),
        Cloud("c", "r", "a", (), ()),
        frozenset({"cinder"}),
        "i",
        IPv4Network("10.0.0.0/8"),
    )
    return Bench(context, lambda event: None, Calls(), Made())


async def test_all_of_it_goes_and_the_marker_last() -> None:
    apis = Apis()
    told = await remove_all(bench(apis))
    assert {kind: [item["id"] for item in items] for kind, items in apis.there.items() if items} == {
        "volumes": ["volumes-3"]
    }
    order = [name for name in apis.deleted if name.split("-")[0] in ("volumes", "snapshots", "volume_types")]
    assert order == ["volumes-2", "snapshots-1", "volumes-1", "volume_types-1"]
    assert apis.deleted[-1] == "security_groups-1"
    assert "1 balancer" in told and "1 guest" in told and "4 volumes" in told


async def test_a_request_that_is_refused_for_the_moment_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(seconds: float) -> None:
        return None

    monkeypatch.setattr("skylift.openstack.proofs.cleanup.asyncio.sleep", at_once)
    apis = Apis(lambda name, times: 500 if name == "loadbalancers-1" and times < 3 else 0)
    await remove_all(bench(apis))
    assert apis.asked["loadbalancers-1"] == 3


async def test_what_cannot_be_removed_is_told_and_leaves_the_marker() -> None:
    apis = Apis(lambda name, times: 403 if name == "images-1" else 0)
    with pytest.raises(Unproven) as failure:
        await remove_all(bench(apis))
    assert failure.value.evidence == ("image: images-1 was refused",)
    assert apis.there["security_groups"] and not apis.there["networks"]
