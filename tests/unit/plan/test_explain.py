"""Causes in the terms of who wrote the settings, diffs of files, and no password in any of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.plan.world import CONFIG, NODE, config, desired, settled, spec

from skylift.model.container import LATEST_STAMP, RECORD, ContainerSpec, File
from skylift.model.inputs import MACHINE, Input
from skylift.model.observed import Observed
from skylift.model.plan import Change, Plan
from skylift.model.service_container import Reload
from skylift.plan.explain import explain
from skylift.plan.make import make

NOW = LATEST_STAMP + 10**9
NAME = f"{NODE}-nova_api"
OLD, NEW = "0ld-Passw0rd", "n3w-Passw0rd"


def masked(text: str) -> str:
    """Take out the passwords of passwords.yml: the old one is there no more."""
    return text.replace(NEW, "***")


def one(*files: File, reload: Reload | None = None) -> ContainerSpec:
    return replace(spec("nova_api", "nova"), files=files, reload=reload)


def planned(before: ContainerSpec, after: ContainerSpec, edits: dict[str, str] | None = None, **found: object) -> Plan:
    """Return the explained plan from a container made from ``before``; ``edits`` are texts in it, by file name."""
    wanted, observed = desired(after), settled(desired(before))
    state = replace(observed.containers[NAME], **found)  # type: ignore[arg-type]
    texts = {file.path: file.content.reveal() for file in before.files}
    texts |= {f"{CONFIG}/{name}": text for name, text in (edits or {}).items()}
    seen: Observed = replace(observed, containers={**observed.containers, NAME: state})
    return explain(make(wanted, seen), wanted, {NAME: texts}, masked)


def change(before: ContainerSpec, after: ContainerSpec, edits: dict[str, str] | None = None, **found: object) -> Change:
    return planned(before, after, edits, **found).changes[0]


def setting(value: str, source: str = "globals.yml:12", name: str = "workers") -> Input:
    return Input(name, value, source)


def workers(value: str, source: str = "globals.yml:12") -> File:
    return config("nova.conf", f"[DEFAULT]\nworkers = {value}\n", setting(value, source))


# Causes.


def test_an_option_and_the_line_of_globals_yml() -> None:
    found = change(one(workers("1", "default")), one(workers("2")))
    assert found.causes == ("nova.conf [DEFAULT] workers: 1 → 2 (globals.yml:12)",)
    assert found.diffs[0].lines == ("@@ -1,2 +1,2 @@", " [DEFAULT]", "-workers = 1", "+workers = 2")


def test_the_operations_have_the_cause_too_and_nothing_else_does() -> None:
    plan = planned(one(workers("1")), one(workers("2")))
    assert {operation.cause for operation in plan} == {"nova.conf [DEFAULT] workers: 1 → 2 (globals.yml:12)"}


def test_a_setting_that_is_no_longer_set() -> None:
    assert change(one(workers("2")), one(workers("1", "default"))).causes == (
        "nova.conf [DEFAULT] workers: 2 → 1 (workers is not set)",
    )


def test_of_many_options_two_are_named() -> None:
    before, after = (
        config("nova.conf", f"[a]\nx = {value}\ny = {value}\nz = {value}\n", setting(value)) for value in "12"
    )
    assert change(one(before), one(after)).causes == (
        "nova.conf [a] x: 1 → 2 (globals.yml:12); nova.conf [a] y: 1 → 2 (globals.yml:12) and 1 more",
    )


def test_each_option_has_the_setting_that_it_comes_from() -> None:
    def made(value: str) -> File:
        inputs = (setting(f"1{value}"), setting(f"2{value}", "globals.yml:20", "threads"))
        return config("nova.conf", f"[a]\nx = 1{value}\ny = 2{value}\n", *inputs)

    assert change(one(made("0")), one(made("1"))).causes == (
        "nova.conf [a] x: 10 → 11 (globals.yml:12); nova.conf [a] y: 20 → 21 (globals.yml:20)",
    )


def test_an_override_is_named_with_its_line() -> None:
    given = Input("config/nova.conf", "abc", "config/nova.conf")
    after = config("nova.conf", "[a]\nx = 2\n", given, origins=(("[a] x", "config/nova.conf:7"),))
    before = config("nova.conf", "[a]\nx = 1\n", Input("other", "1"))
    assert change(one(before), one(after)).causes == ("nova.conf [a] x: 1 → 2 (config/nova.conf:7)",)
    assert change(one(after), one(before)).causes == ("nova.conf [a] x: 2 → 1 (config/nova.conf is gone)",)


def test_what_was_asked_for_of_the_machine_names_its_line_and_the_rest_the_machine() -> None:
    def made(value: str, source: str) -> File:
        return config("nova.conf", f"[libvirt]\nvirt_type = {value}\n", Input("machine virt_type", value, source))

    assert change(one(made("qemu", MACHINE)), one(made("kvm", "globals.yml:3"))).causes == (
        "nova.conf [libvirt] virt_type: qemu → kvm (globals.yml:3)",
    )
    assert change(one(made("qemu", MACHINE)), one(made("kvm", MACHINE))).causes == (
        "nova.conf [libvirt] virt_type: qemu → kvm (virt_type of this machine is kvm)",
    )


def test_a_service_that_was_enabled_or_disabled() -> None:
    def made(*services: str) -> File:
        text = "\n".join(["<accounts>", *services])
        return config("a.xml", text, *(Input(f"service {name}", "on", "globals.yml:4") for name in services))

    with_it, without = one(made("ceph", "nova")), one(made("nova"))
    assert change(without, with_it).causes == ("a.xml changed because ceph was enabled, globals.yml:4",)
    assert change(with_it, without).causes == ("a.xml changed because ceph was disabled",)


def test_a_template_that_changed_with_skylift() -> None:
    same = setting("1")
    before, after = config("nova.conf", "[a]\nx = 1\n", same), config("nova.conf", "[a]\nx = 1\ny = 2\n", same)
    assert change(one(before), one(after)).causes == ("nova.conf [a] y = 2",)
    before, after = config("run.sh", "run {\n", same), config("run.sh", "run fast {\n", same)
    assert change(one(before), one(after)).causes == ("run.sh changed with this version of Skylift",)


def test_comments_alone_change_no_option() -> None:
    before, after = config("nova.conf", "# a\n[a]\nx = 1\n"), config("nova.conf", "# b\n[a]\nx = 1\n")
    found = change(one(before), one(after))
    assert found.causes == ("nova.conf changed with this version of Skylift",)
    assert "-# a" in found.diffs[0].lines


def test_a_file_of_another_form_names_the_setting() -> None:
    before, after = (config("nb.json", f'{{"probe": {value}}}', setting(value)) for value in ("60", "90"))
    assert change(one(before), one(after)).causes == ("nb.json changed (workers: 60 → 90, globals.yml:12)",)


def test_a_file_of_one_line_is_compared_value_by_value() -> None:
    before, after = (config("nb.json", f'{{"a": [1, 2], "probe": {value}}}', setting(value)) for value in ("60", "90"))
    lines = change(one(before), one(after)).diffs[0].lines
    assert [line for line in lines if line[0] in "+-"] == ['- "probe": 60', '+ "probe": 90']


def test_after_a_reload_its_record_is_the_truth() -> None:
    record = {RECORD: '{"workers": "2"}'}
    found = change(one(workers("1")), one(workers("3")), record | {"nova.conf": "[DEFAULT]\nworkers = 2\n"})
    assert [(item.old, item.new) for item in found.inputs] == [("2", "3")]
    assert found.causes == ("nova.conf [DEFAULT] workers: 2 → 3 (globals.yml:12)",)


def test_files_that_nobody_could_read_keep_the_plain_cause() -> None:
    plan = make(desired(one(workers("2"))), settled(desired(one(workers("1")))))
    assert explain(plan, desired(one(workers("2"))), {}, masked).changes[0].causes == ("nova.conf changed",)


# Edited by hand.


def test_what_was_edited_where_to_write_it_and_that_it_is_put_back() -> None:
    same = one(workers("1"))
    edited = {"nova.conf": "[DEFAULT]\nworkers = 7\n"}
    found = change(same, same, edited, stamps={f"{CONFIG}/nova.conf": NOW})
    assert found.causes == (
        "nova.conf was edited by hand inside the container: [DEFAULT] workers: 1 → 7; it is put back; to keep it, "
        "write it to config/nova.conf",
    )
    assert found.diffs[0].lines == ("@@ -1,2 +1,2 @@", " [DEFAULT]", "-workers = 7", "+workers = 1")


def test_what_was_edited_in_use_is_put_back_by_a_restart() -> None:
    same = one(workers("1"))
    found = change(same, same, {"nova.conf": "[DEFAULT]\nworkers = 7\n"}, edited=(f"{CONFIG}/nova.conf",))
    assert found.verdict == "restart"
    assert "workers: 1 → 7; it is put back; to keep it, write it to config/nova.conf" in found.causes[0]


def test_an_edit_that_changes_no_option_and_one_of_another_form() -> None:
    same = one(workers("1"))
    found = change(same, same, {"nova.conf": "# hi\n[DEFAULT]\nworkers = 1\n"}, stamps={f"{CONFIG}/nova.conf": NOW})
    assert found.causes[0].endswith("container: it is put back; to keep a change, write it to config/nova.conf")
    script = one(config("run.sh", "run {\n"))
    found = change(script, script, {"run.sh": "run fast {\n"}, stamps={f"{CONFIG}/run.sh": NOW})
    assert found.causes[0].endswith("it is put back; to keep a change, write it to the settings")


def test_what_was_set_up_by_hand_is_named_once_for_all() -> None:
    same = one(workers("1"))
    setup = settled(desired(same)).containers[NAME].setup
    assert setup is not None
    plan = planned(same, same, setup=replace(setup, privileged=True))
    assert plan.notes == (
        "set up otherwise by hand, and put back: nova_api; what is to stay belongs in globals.yml or the folder config",
    )


# Passwords. The mask knows the present ones; of the former ones only the place tells.

FORMS = {
    "nova.conf": "[database]\nconnection = mysql+pymysql://nova:{}@172.24.0.16:3306/nova?charset=utf8\n",
    "auth.conf": "[keystone_authtoken]\npassword = {}\nmemcache_secret_key = {}\n",
    "indented.ini": "[a]\n  admin_password={}\n",
    "urls.conf": "[DEFAULT]\ntransport_url = rabbit://openstack:{}@a:5672,openstack:{}@b:5672//\n",
    "my.cnf": "[client]\nuser = root\npassword = {}\n",
    "definitions.json": '{{"users": [{{"name": "openstack", "password": "{}", "tags": "administrator"}}]}}',
    "pretty.json": '{{\n "password": "{}",\n "rights": ".*"\n}}\n',
    "databases.sql": "CREATE USER 'nova'@'%' IDENTIFIED BY '{}';\nALTER USER 'nova'@'%' IDENTIFIED BY '{}';\n",
    "start.sh": "#!/bin/sh\nexport DB_PASSWORD='{}'\nexec mysql --password={} -p{}\n",
    "bare.cookie": "{}",
    "clouds.yaml": "clouds:\n  a:\n    auth:\n      password: {}\n      username: admin\n",
    "list.yaml": "- password: {}\n- name: a\n",
    "local_settings.py": "SECRET_KEY = '{}'\nX = {{'PASSWORD': '{}'}}\n",
    "haproxy.cfg": "listen stats\n  stats auth admin:{}\n",
    "a.xml": "<password>{}</password>\n",
}


def holding(name: str, password: str) -> ContainerSpec:
    form = FORMS[name]
    text = form.format(*[password] * form.count("{}"))
    return one(config(name, text, Input.password("nova_database_password", password), setting("1")))


def shown(plan: Plan) -> str:
    return repr(plan.as_dict()) + repr(plan)


@pytest.mark.parametrize("name", FORMS)
def test_neither_the_old_nor_the_new_password_is_shown(name: str) -> None:
    plan = planned(holding(name, OLD), holding(name, NEW))
    assert plan.changes[0].causes == (f"{name} changed because nova_database_password changed",)
    assert OLD not in shown(plan)
    assert NEW not in shown(plan)


@pytest.mark.parametrize("name", FORMS)
def test_nor_where_the_container_does_not_know_what_it_was_made_from(name: str) -> None:
    """As one that an earlier version of Skylift made."""
    before = holding(name, OLD)
    labels = {key: text for key, text in before.labels("test").items() if not key.endswith("inputs")}
    plan = planned(before, holding(name, NEW), labels=labels)
    assert OLD not in shown(plan)
    assert NEW not in shown(plan)


@pytest.mark.parametrize("name", FORMS)
def test_nor_where_it_was_edited_besides(name: str) -> None:
    text = holding(name, OLD).files[0].content.reveal() + "\n# edited\n"
    plan = planned(holding(name, OLD), holding(name, NEW), {name: text}, stamps={f"{CONFIG}/{name}": NOW})
    assert OLD not in shown(plan)
    plan = planned(holding(name, OLD), holding(name, NEW), {name: text}, edited=(f"{CONFIG}/{name}",))
    assert OLD not in shown(plan)


@pytest.mark.parametrize("name", FORMS)
def test_nor_one_that_somebody_wrote_into_the_file(name: str) -> None:
    """A password of nobody's list, in the place of the right one."""
    text = holding(name, OLD).files[0].content.reveal()
    plan = planned(holding(name, NEW), holding(name, NEW), {name: text}, stamps={f"{CONFIG}/{name}": NOW})
    assert OLD not in shown(plan)


@pytest.mark.parametrize("name", FORMS)
def test_nor_where_a_setting_changed_with_it(name: str) -> None:
    before, after = holding(name, OLD), holding(name, NEW)
    file = after.files[0]
    after = replace(after, files=(replace(file, inputs=(file.inputs[0], setting("2"))),))
    assert OLD not in shown(planned(before, after))


def test_a_service_that_is_gone_takes_its_password_out_of_the_file_unseen() -> None:
    def made(*services: str) -> ContainerSpec:
        text = "".join(f"CREATE USER '{name}'@'%' IDENTIFIED BY '{OLD}{name}';\n" for name in services)
        inputs = [Input.password(f"{name}_database_password", OLD + name) for name in services]
        return one(config("db.sql", text, *inputs, *(Input(f"service {name}", "on") for name in services)))

    assert OLD not in shown(planned(made("nova", "ceph"), made("nova")))
