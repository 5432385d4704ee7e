"""From declarations to containers: names, rights, files, digests."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contracts.fixture import cloud

from skylift.desired.build import enabled_services, images_of
from skylift.desired.containers import config_json, container_spec, job_spec
from skylift.desired.templates import RenderContext, Renderer
from skylift.model.cloud import Machine
from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.model.service import Database, Service
from skylift.model.service_container import ConfigFile, Container, Grant, HttpCheck, Job, Storage
from skylift.model.service_image import Image

IMAGE = Image("heat-api", "openstack", "heat")


@pytest.fixture
def service(tmp_path: Path) -> Service:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "heat.conf.j2").write_text("[database]\nconnection = {{ database_url('heat') }}\n")
    (tmp_path / "templates" / "seed.sql.j2").write_text("SELECT {{ passwords.heat | sql }};\n")
    (tmp_path / "templates" / "broken.j2").write_text("one\n{{ settings.nothing_like_it }}\n")
    api = Container(
        name="heat_api",
        image=IMAGE,
        command="uwsgi --ini x",
        files=(ConfigFile("heat.conf.j2", "/etc/heat/heat.conf", "heat"),),
        check=HttpCheck(8004),
        after=("mariadb", "catalogue"),
        storage=(Storage("heat", "/var/lib/heat", "its files", data=True), Storage("/run/x", "/run/x", "a socket")),
        devices=(Grant("/dev/kvm", "hardware virtualisation"), Grant("/dev/net/tun", "taps")),
        capabilities=(Grant("NET_RAW", "pings"), Grant("NET_ADMIN", "taps")),
    )
    job = Job("heat_schema", "heat_api", "sh seed", (ConfigFile("seed.sql.j2", "/seed.sql", "heat"),), ("mariadb",))
    return Service("heat", "Orchestration", tmp_path, (api,), (job,), requires=("mariadb",), enabled_by="enable_heat")


def context(**change: object) -> RenderContext:
    made = RenderContext(
        settings=object(),
        passwords={"heat": Secret("p@ss/'word")},
        cloud=cloud(),
        enabled=frozenset({"heat"}),
        databases=(Database("heat", "heat", "heat"),),
    )
    return replace(made, **change)  # type: ignore[arg-type]


def renderer() -> Renderer:
    return Renderer(context(), cloud().nodes[0])


def resolve(name: str) -> tuple[str, str]:
    return f"skylift/{name}:1", "sha256:1"


def test_a_container_is_named_and_placed(service: Service) -> None:
    node = cloud().nodes[0]
    spec = container_spec(service, service.containers[0], renderer(), node, resolve)
    assert spec.name == "golden-node1-heat_api"
    assert spec.network == "container:golden-node1"
    assert spec.after == ("golden-node1-mariadb", "catalogue")
    assert spec.capabilities == ("NET_ADMIN", "NET_RAW")
    assert [(mount.kind, mount.source) for mount in spec.mounts] == [
        ("volume", "golden-node1-heat"),
        ("bind", "/run/x"),
        ("volume", "golden-node1-kolla_logs"),
    ]
    assert spec.healthcheck == ("healthcheck_curl", "http://172.24.0.16:8004/")


@pytest.mark.parametrize(("virt", "devices"), [("qemu", ("/dev/net/tun",)), ("kvm", ("/dev/kvm", "/dev/net/tun"))])
def test_kvm_is_given_only_where_it_works(service: Service, virt: str, devices: tuple[str, ...]) -> None:
    there = replace(cloud(), machine=Machine(virt, "", "netdev", ""))
    spec = container_spec(
        service, service.containers[0], Renderer(context(cloud=there), there.nodes[0]), there.nodes[0], resolve
    )
    assert spec.devices == devices


def test_passwords_are_quoted_for_where_they_go(service: Service) -> None:
    node = cloud().nodes[0]
    spec = job_spec(service, service.jobs[0], renderer(), node, resolve)
    texts = {file.path.rsplit("/", 1)[-1]: file.content.reveal() for file in spec.files}
    assert "heat:p%40ss%2F%27word@172.24.0.16:3306/heat" in texts["heat.conf"]
    assert texts["seed.sql"] == "SELECT 'p@ss/''word';\n"
    assert "p@ss" not in repr(spec)


def test_files_know_what_they_were_made_from(service: Service) -> None:
    spec = container_spec(service, service.containers[0], renderer(), cloud().nodes[0], resolve)
    assert set(spec.inputs) == {"password heat"}
    assert len(spec.inputs["password heat"].value) == 4
    assert "p@ss" not in json.dumps(spec.labels("golden"))


def test_a_job_has_its_own_files_as_input_only(service: Service) -> None:
    node = cloud().nodes[0]
    spec = job_spec(service, service.jobs[0], renderer(), node, resolve)
    assert {path.rsplit("/", 1)[-1] for path in spec.file_digests} == {"config.json", "seed.sql"}
    assert spec.job
    assert not spec.restart


def test_config_json_is_what_kolla_reads() -> None:
    document = json.loads(config_json("run", (ConfigFile("a.conf.j2", "/etc/a.conf", "a", "0640"),), (("/x", "a:a"),)))
    assert document == {
        "command": "run",
        "config_files": [
            {"source": "/var/lib/kolla/config_files/a.conf", "dest": "/etc/a.conf", "owner": "a", "perm": "0640"}
        ],
        "permissions": [{"path": "/x", "owner": "a:a", "recurse": False}],
    }


def test_an_unknown_variable_is_an_error_with_its_template(service: Service) -> None:
    with pytest.raises(Problem) as caught:
        renderer().render(service, "broken.j2")
    assert caught.value.code == "template-failed"
    assert "services/heat/templates/broken.j2" in caught.value.where
    assert "nothing_like_it" in caught.value.detail


def test_what_is_on_needs_what_it_requires(service: Service) -> None:
    mariadb = Service("mariadb", "Database", service.folder)
    assert enabled_services((service, mariadb), {"heat": True}) == (service, mariadb)
    assert enabled_services((service, mariadb), {"heat": False}) == (mariadb,)
    with pytest.raises(Problem) as caught:
        enabled_services((service,), {"heat": True})
    assert caught.value.code == "requirement-missing"
    assert "heat needs mariadb" in caught.value.detail


def test_images_are_those_of_the_services_and_the_node(service: Service) -> None:
    assert [image.name for image in images_of((service,))] == ["base", "heat-api"]
