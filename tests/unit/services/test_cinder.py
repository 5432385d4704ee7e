"""Cinder: somewhere to keep volumes is needed, and the default volume type leads there; what users have can go."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contracts.fixture import desired

from skylift.model.problem import Problem
from skylift.openstack.errors import ApiProblem
from skylift.services.cinder import holdings

CEPH = "enable_cinder: yes\nenable_ceph: yes\n"


def conf(text: str, container: str = "cinder_volume") -> str:
    (spec,) = (one for one in desired(settings_text=text).containers if one.short == container)
    return next(file.content.reveal() for file in spec.files if file.name == "cinder.conf")


def types(text: str) -> dict[str, Any]:
    return {one.name: dict(one.values) for one in desired(settings_text=text).resources if one.kind == "volume_type"}


def test_without_a_place_for_volumes_it_is_refused_and_all_places_are_named() -> None:
    with pytest.raises(Problem) as caught:
        desired(settings_text="enable_cinder: yes\n")
    assert caught.value.code == "requirement-missing"
    assert (
        "somewhere to keep volumes: ceph, enable_cinder_backend_lvm, enable_cinder_backend_nfs" in caught.value.detail
    )
    assert "enable_ceph: yes" in caught.value.fix


def test_ceph_that_is_off_is_no_place() -> None:
    with pytest.raises(Problem) as caught:
        desired(settings_text="enable_cinder: yes\ncinder_backend_ceph: yes\n")
    assert caught.value.detail == "cinder_backend_ceph is yes, and ceph is off"
    with pytest.raises(Problem):
        desired(settings_text=CEPH + "cinder_backend_ceph: no\n")


@pytest.mark.parametrize(
    ("text", "backends", "driver"),
    [
        (CEPH, "rbd-1", "ceph.CephBackupDriver"),
        (CEPH + "enable_cinder_backend_lvm: yes\n", "rbd-1,lvm-1", "ceph.CephBackupDriver"),
        ("enable_cinder: yes\nenable_cinder_backend_nfs: yes\n", "nfs-1", "posix.PosixBackupDriver"),
        (CEPH + "cinder_backup_driver: nfs\ncinder_backup_share: nas:/b\n", "rbd-1", "nfs.NFSBackupDriver"),
        (CEPH + "cinder_backend_ceph: no\nenable_cinder_backend_nfs: yes\n", "nfs-1", "ceph.CephBackupDriver"),
    ],
)
def test_the_default_type_is_there_and_leads_to_the_first_backend(text: str, backends: str, driver: str) -> None:
    lines = conf(text).splitlines()
    assert f"enabled_backends = {backends}" in lines
    names = backends.split(",")
    assert f"default_volume_type = {names[0]}" in lines
    assert [f"[{name}]" in lines for name in ("rbd-1", "lvm-1", "nfs-1")] == [
        name in names for name in ("rbd-1", "lvm-1", "nfs-1")
    ]
    assert types(text) == {name: {"volume_backend_name": name, "public": True} for name in names}
    assert f"backup_driver = cinder.backup.drivers.{driver}" in lines


def test_backups_can_be_left_out() -> None:
    shorts = {one.short for one in desired(settings_text=CEPH + "enable_cinder_backup: no\n").containers}
    assert "cinder_volume" in shorts and "cinder_backup" not in shorts
    assert "cinder_backup" in {one.short for one in desired(settings_text=CEPH).containers}


def test_nova_knows_of_cinder_where_it_deals_with_volumes() -> None:
    def told(text: str) -> set[str]:
        return {
            spec.short
            for spec in desired(settings_text=text).containers
            if not spec.job and any("[cinder]" in file.content.reveal() for file in spec.files)
        }

    assert told(CEPH) == {"nova_api", "nova_conductor", "nova_compute"}
    assert told("") == set()


class Cloud:
    """Stands in for the APIs: a volume goes when nobody has it and no snapshot is of it, and so on."""

    def __init__(self) -> None:
        volume: dict[str, Any] = {"name": "", "size": 1, "status": "available", "bootable": "false", "attachments": []}
        project = {"os-vol-tenant-attr:tenant_id": "p"}
        self.items: dict[str, dict[str, dict[str, Any]]] = {
            "volumes": {
                "v1": volume | project | {"id": "v1", "name": "data", "status": "in-use",
                                          "attachments": [{"server_id": "s1", "device": "/dev/vdb"}]},
                "v2": volume | project | {"id": "v2", "status": "in-use", "bootable": "true",
                                          "attachments": [{"server_id": "s2", "device": "/dev/vda"}]},
                "v3": volume | project | {"id": "v3", "of": "n1"},
            },
            "snapshots": {"n1": {"id": "n1", "name": "snap", "size": 1, "status": "available", "of": "v1",
                                 "os-extended-snapshot-attributes:project_id": "p"}},
            "backups": {"b1": {"id": "b1", "name": "kept", "size": 1, "status": "available",
                               "os-backup-project-attr:project_id": "p"}},
            "servers": {one: {"id": one, "name": f"web-{one}", "os-extended-volumes:volumes_attached": [{"id": "v"}]}
                        for one in ("s1", "s2")},
        }  # fmt: skip

    def has(self, service: str) -> bool:
        return True

    def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        assert params == {"all_tenants": 1}
        return list(self.items[key].values())

    def delete(self, service: str, path: str, **params: Any) -> None:
        parts = path.strip("/").split("/")
        if len(parts) == 4:
            self._free(parts[3])
            return
        kind, identity = parts
        children = [one for items in self.items.values() for one in items.values() if one.get("of") == identity]
        if children or self.items[kind].get(identity, {}).get("status") == "in-use":
            raise ApiProblem("api-refused", "busy", where=path, status=400)
        self.items[kind].pop(identity, None)
        if kind == "servers":
            self._free(*(v["id"] for v in self.items["volumes"].values() if v["attachments"][:1]
                         and v["attachments"][0]["server_id"] == identity))  # fmt: skip

    def _free(self, *volumes: str) -> None:
        for one in volumes:
            self.items["volumes"][one] |= {"status": "available", "attachments": []}


def test_all_that_users_have_is_listed() -> None:
    listed = [(one.kind, one.name, one.project, one.detail) for one in holdings.found(Cloud())]  # type: ignore[arg-type]
    assert listed == [
        ("backup", "kept", "p", "1 GiB, available"),
        ("snapshot", "snap", "p", "1 GiB, available"),
        ("volume", "data", "p", "1 GiB, in-use"),
        ("volume", "v2", "p", "1 GiB, in-use, a guest's only disk: it goes too"),
        ("volume", "v3", "p", "1 GiB, available"),
    ]
    assert holdings.orphans(Cloud()) == ["v in web-s1", "v in web-s2"]  # type: ignore[arg-type]


def test_all_of_it_goes_and_only_guests_without_another_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    cloud = Cloud()
    assert holdings.remove(cloud) == 5  # type: ignore[arg-type]
    assert {kind: list(items) for kind, items in cloud.items.items()} == {
        "volumes": [],
        "snapshots": [],
        "backups": [],
        "servers": ["s1"],
    }


def test_what_stays_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(holdings, "SECONDS", -1.0)
    with pytest.raises(Problem) as caught:
        holdings.remove(Cloud())  # type: ignore[arg-type]
    assert caught.value.code == "holdings-remain"
    assert "snapshot snap (available)" in caught.value.detail
