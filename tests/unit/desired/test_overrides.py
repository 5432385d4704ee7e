"""What override files make of the services' real files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

import pytest
from tests.contracts.fixture import desired

from skylift.desired.overrides_fill import lines_of
from skylift.model.container import ContainerSpec, File
from skylift.model.desired import Desired
from skylift.model.inputs import digest
from skylift.model.problem import Problem, Problems

CONF = "/etc/nova/nova.conf"


@cache
def plain() -> Desired:
    return desired()


def spec(short: str, wanted: Desired) -> ContainerSpec:
    return next(spec for spec in wanted.containers if spec.short == short)


def file(short: str, dest: str, overrides: Mapping[str, str]) -> File:
    return next(file for file in spec(short, desired(overrides)).files if file.dest == dest)


def text(short: str, dest: str, overrides: Mapping[str, str]) -> str:
    return file(short, dest, overrides).content.reveal()


def changed(overrides: Mapping[str, str]) -> set[str]:
    """Return the containers that are not as they would be without overrides."""
    before = {one.name: one.digest for one in plain().containers}
    return {one.short for one in desired(overrides).containers if one.digest != before.get(one.name)}


NOVA = {"nova_api", "nova_metadata", "nova_scheduler", "nova_conductor", "nova_novncproxy", "nova_compute"}


@pytest.mark.parametrize(
    ("name", "containers"),
    [
        ("nova.conf", NOVA),
        ("nova/node1/nova.conf", NOVA),
        ("nova/nova-api.conf", {"nova_api"}),
        ("nova/nova-scheduler.conf", {"nova_scheduler"}),
        ("nova/node1/nova-compute.conf", {"nova_compute"}),
        ("nova/node1/nova-api.conf", set()),
        ("nova/node2/nova.conf", set()),
        ("glance.conf", {"glance_api"}),
        ("glance/glance-api.conf", {"glance_api"}),
        ("keystone/keystone-fernet.conf", {"keystone_fernet"}),
        ("neutron/neutron-rpc-server.conf", {"neutron_rpc_server"}),
        ("neutron/neutron_ovn_metadata_agent.ini", {"neutron_ovn_metadata_agent"}),
        ("octavia/octavia-driver-agent.conf", {"octavia_driver_agent"}),
        ("placement/node1/placement.conf", {"placement_api"}),
    ],
)
def test_each_file_changes_its_containers_and_no_other(name: str, containers: set[str]) -> None:
    assert changed({name: "[DEFAULT]\nrpc_response_timeout = 77\n"}) == containers


def test_global_conf_reaches_every_service_but_not_what_is_no_service_of_openstack() -> None:
    found = changed({"global.conf": "[DEFAULT]\nrpc_response_timeout = 77\n"})
    assert NOVA | {"keystone", "glance_api", "placement_api", "neutron_server", "octavia_api"} <= found
    assert not found & {"mariadb", "rabbitmq", "nova_libvirt", "ovn_northd"}


def test_ml2_goes_to_those_that_have_it() -> None:
    found = changed({"neutron/ml2_conf.ini": "[ml2]\npath_mtu = 1400\n"})
    assert found == {
        "neutron_server",
        "neutron_rpc_server",
        "neutron_periodic_worker",
        "neutron_ovn_maintenance_worker",
    }


def test_the_more_special_goes_first() -> None:
    names = (
        "global.conf",
        "nova.conf",
        "nova/nova-compute.conf",
        "nova/node1/nova.conf",
        "nova/node1/nova-compute.conf",
    )
    for last in range(1, len(names) + 1):
        overrides = {name: f"[DEFAULT]\nmy_ip = {name}\n" for name in names[:last]}
        made = file("nova_compute", CONF, overrides)
        assert f"my_ip = {names[last - 1]}\n" in made.content.reveal()
        assert made.origins == (("[DEFAULT] my_ip", f"config/{names[last - 1]}:2"),)
        assert [where for _, where in made.shadowed] == [f"config/{name}:2" for name in names[: last - 1]]


def test_the_text_knows_which_files_it_was_made_from() -> None:
    body = "[DEFAULT]\nmy_ip = 1.2.3.4\n"
    made = {one.name: one for one in file("nova_api", CONF, {"nova.conf": body}).inputs}
    assert made["config/nova.conf"].value == digest(body)
    assert made["config/nova.conf"].source == "config/nova.conf"
    before = {one.name for one in spec("nova_api", plain()).inputs.values()}
    assert before <= made.keys() | {one.name for one in spec("nova_api", desired()).inputs.values()}


def test_without_overrides_and_with_empty_ones_no_letter_changes() -> None:
    assert changed({"nova.conf": "", "global.conf": "# nothing yet\n[DEFAULT]\n"}) == set()


def test_a_policy_is_delivered_and_named() -> None:
    overrides = {"nova/policy.yaml": '"os_compute_api:servers:create": "rule:admin_api"\n'}
    assert changed(overrides) == {"nova_api", "nova_metadata", "nova_compute"}
    made = spec("nova_api", desired(overrides))
    texts = {one.dest: one for one in made.files}
    assert texts["/etc/nova/policy.yaml"].content.reveal() == overrides["nova/policy.yaml"]
    assert "[oslo_policy]\npolicy_file = policy.yaml\n" in texts[CONF].content.reveal()
    assert dict(texts[CONF].origins) == {"[oslo_policy] policy_file": "config/nova/policy.yaml"}
    config = json.loads(texts[""].content.reveal())
    entry = next(entry for entry in config["config_files"] if entry["dest"] == "/etc/nova/policy.yaml")
    assert entry == {**entry, "owner": "nova", "perm": "0600"}
    assert [one.name for one in texts[""].inputs] == ["config/nova/policy.yaml"]


def test_one_policy_of_two_is_taken() -> None:
    made = spec("keystone", desired({"keystone/policy.yaml": "a: b\n", "keystone/policy.json": "{}"}))
    one = next(file for file in made.files if file.dest.startswith("/etc/keystone/policy"))
    assert (one.dest, one.shadowed) == ("/etc/keystone/policy.yaml", (("", "config/keystone/policy.json"),))


def test_a_policy_repeats_no_schema_job() -> None:
    before = {one.name: one.digest for one in plain().containers if one.job}
    after = {one.name: one.digest for one in desired({"glance/policy.yaml": "a: b\n"}).containers if one.job}
    assert before == after


def test_vendor_data_are_no_template() -> None:
    overrides = {"nova/vendordata.json": '{"shell": "{{ not a variable }}"}'}
    assert changed(overrides) == {"nova_api", "nova_metadata", "nova_compute"}
    made = {one.dest: one.content.reveal() for one in spec("nova_compute", desired(overrides)).files}
    assert made["/etc/nova/vendordata.json"] == overrides["nova/vendordata.json"]
    assert "[api]\nvendordata_jsonfile_path = /etc/nova/vendordata.json\n" in made[CONF]


def test_some_files_are_replaced() -> None:
    overrides = {"rabbitmq/rabbitmq.conf": "log.console = true\n"}
    made = file("rabbitmq", "/etc/rabbitmq/rabbitmq.conf", overrides)
    assert made.content.reveal() == "log.console = true\n"
    assert made.origins == (("", "config/rabbitmq/rabbitmq.conf"),)
    made = file("rabbitmq", "/etc/rabbitmq/rabbitmq.conf", {**overrides, "rabbitmq/node1/rabbitmq.conf": "a = 1\n"})
    assert (made.content.reveal(), made.shadowed) == ("a = 1\n", (("", "config/rabbitmq/rabbitmq.conf"),))
    assert text("nova_libvirt", "/etc/libvirt/qemu.conf", {"nova/qemu.conf.j2": 'user = "x"\n'}) == 'user = "x"\n'


def test_mariadb_takes_the_file_that_kolla_calls_galera() -> None:
    made = text("mariadb", "/etc/mysql/my.cnf", {"galera.cnf": "[mariadbd]\nskip-log-bin\nmax_connections = 50\n"})
    assert "\nskip-log-bin\n" in made and "\nmax_connections = 50\n" in made


def test_overrides_are_templates_with_kollas_names() -> None:
    body = (
        "[DEFAULT]\n{% if 'compute' in group_names %}\nmy_ip = {{ api_interface_address }}\n{% endif %}\n"
        "host = {{ inventory_hostname }}-{{ service_name }}-{{ openstack_region_name }}-{{ node.name }}\n"
        "password = {{ nova_database_password }}\n{% if enable_neutron | bool %}\nworkers = 3\n{% endif %}\n"
        "{% if not_heard_of is defined %}\nnever = 1\n{% endif %}\n"
    )
    made = file("nova_conductor", CONF, {"nova.conf": body})
    shown = made.content.reveal()
    assert "\nmy_ip = 172.24.0.16\n" in shown
    assert "\nhost = node1-nova-conductor-RegionOne-node1\n" in shown
    assert "\npassword = NOVA_DATABASE_PASSWORD\n" in shown
    assert "\nworkers = 3\n" in shown and "never" not in shown
    assert dict(made.origins) == {
        "[DEFAULT] my_ip": "config/nova.conf:3",
        "[DEFAULT] host": "config/nova.conf:5",
        "[DEFAULT] password": "config/nova.conf:6",
        "[DEFAULT] workers": "config/nova.conf:8",
    }
    assert {"password nova_database_password", "openstack_region_name"} <= {one.name for one in made.inputs}


@pytest.mark.parametrize(
    ("body", "where", "words"),
    [
        ("[DEFAULT]\n\nx = {{ inventory_hostnam }}\n", ":3", "inventory_hostnam"),
        ("[DEFAULT]\n{% if true %}\nx = 1\n", ":", "nexpected end"),
        ("[DEFAULT]\nx = {{ 1 / 0 }}\n", ":2", "ZeroDivisionError"),
        ("[DEFAULT]\n{% include '/etc/passwd' %}\n", ":2", "loader"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_a_problem_with_its_line(body: str, where: str, words: str) -> None:
    with pytest.raises(Problem) as caught:
        desired({"nova.conf": body})
    assert caught.value.code == "override-template"
    assert caught.value.where.startswith("config/nova.conf" + where)
    assert words in caught.value.detail


def test_the_nearest_variable_is_offered() -> None:
    with pytest.raises(Problem) as caught:
        desired({"nova.conf": "[DEFAULT]\nx = {{ inventory_hostnam }}\n"})
    assert "inventory_hostname" in caught.value.fix


def test_lines_that_are_not_right_are_named_all_together() -> None:
    with pytest.raises(Problems) as caught:
        desired({"nova.conf": "my_ip = 1\n[DEFAULT]\nwhat is this\nmy_ip = 1\n"})
    found = [(one.code, one.where) for one in caught.value.problems]
    assert found == [("override-form", "config/nova.conf:1"), ("override-form", "config/nova.conf:3")]


def test_lines_are_found_again_in_what_was_filled_in() -> None:
    source = "[a]\n{% for i in (1, 2) %}\nx = {{ i }}\n{% endfor %}\n# y = 0\ny = 3\n"
    assert list(lines_of(source, "[a]\nx = 1\nx = 2\n# y = 0\ny = 3\n"))[:5] == [1, 3, 3, 3, 6]
    assert list(lines_of("a\nb\n", "a\nb\n")) == [1, 2, 3]
