from pathlib import Path

from skylift.images.declared import START, declared, requirements
from skylift.model.service import Service
from skylift.model.service_container import Container
from skylift.model.service_image import Account, Image, Packages, Schema

HEAT = Service(
    "heat",
    "Orchestration",
    Path(),
    containers=(
        Container("heat_api", Image("heat-api", "openstack", "heat"), "uwsgi"),
        Container("heat_engine", Image("heat-engine", "openstack", "heat"), "heat-engine"),
        Container("heat_proxy", Image("haproxy", "infra", "root"), "haproxy"),
    ),
    packages=(
        Packages("openstack", debian=("curl",), python=("openstack-heat==27.0.1",)),
        Packages("infra", debian=("haproxy",)),
    ),
    accounts=(Account("nova", groups=("qemu", "kvm"), family="infra"),),
    schemas=(
        Schema("short", "heat-manage --config-file CONFIG one"),
        Schema("long", "heat-manage --config-file CONFIG two && heat-manage three", "other", seconds=9),
    ),
    options=("heat", "heat.*"),
)


def test_each_family_gets_what_its_recipe_reads() -> None:
    found = declared([HEAT])
    assert found["openstack"].files == {
        "packages.txt": "curl\n",
        "options.txt": "heat heat heat.*\n",
        "users.txt": "heat /var/lib/heat\n",
    }
    assert found["infra"].files == {"packages.txt": "haproxy\n", "users.txt": "nova /var/lib/nova qemu,kvm\n"}


def test_the_longest_migration_begins_first() -> None:
    assert declared([HEAT])["schema"].files["databases.txt"].splitlines() == [
        "long other heat-manage --config-file CONFIG two && heat-manage three",
        "short database heat-manage --config-file CONFIG one",
    ]


def test_the_first_image_migrates_when_kolla_ansible_asks() -> None:
    names = declared([HEAT])["openstack"].names
    assert list(names) == ["heat-api"]
    body = names["heat-api"][START]
    assert [line.strip() for line in body.splitlines() if line.startswith("    ")] == [
        "heat-manage one",
        "heat-manage two",
        "heat-manage three",
        "exit 0",
    ]


def test_two_services_share_what_both_need() -> None:
    other = Service("x", "X", Path(), packages=(Packages("openstack", debian=("curl", "jq"), python=("a==1",)),))
    assert declared([HEAT, other])["openstack"].files["packages.txt"] == "curl\njq\n"
    assert requirements([HEAT, other, other]) == ("a==1", "openstack-heat==27.0.1")
