"""Settings are changed by command, passwords are rotated, and what was done is read back and gone back to."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from skylift.services import load
from tests.scenarios.cloud import NAME, Cloud, containers, docker, short

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900), pytest.mark.usefixtures("running")]

GLOBALS = """\
skylift_cloud_name: scenario   # our name

# How long a token is good for
#fernet_token_expiry: 86400
openstack_region_name: RegionOne
"""


def passwords(cloud: Cloud) -> dict[str, str]:
    """Read passwords.yml without Skylift's code: ``key: value`` lines of one word."""
    lines = (cloud.config / "passwords.yml").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines if ":" in line and line[0] not in " #")
    return {key: value.strip().strip("'\"") for key, value in pairs if len(value.strip()) >= 16}


def touched(before: dict[str, str]) -> set[str]:
    """Return the short names of the containers that are others, or started anew, since ``before``."""
    return {name.removeprefix(short("")) for name, line in containers().items() if before.get(name) != line}


def test_set_edits_the_file_and_applies_it(cloud: Cloud) -> None:
    """``set`` keeps comments and order; ``--plan`` and a wrong key write nothing; ``unset`` is the way back."""
    path = cloud.config / "globals.yml"
    path.write_text(GLOBALS)
    before = containers()
    assert cloud.run("set", "fernet_token_expiry", "7200", "--plan").code == 2
    wrong = cloud.run("set", "fernet_token_expire", "7200", "--yes")
    assert wrong.code == 1
    assert "fernet_token_expiry" in wrong.text
    assert cloud.run("set", "fernet_token_expiry", "soon", "--yes").code == 1
    assert path.read_text() == GLOBALS and containers() == before
    cloud.ok("set", "fernet_token_expiry", "7200", "--yes")
    commented = "#fernet_token_expiry: 86400\n"
    assert path.read_text() == GLOBALS.replace(commented, f"{commented}fernet_token_expiry: 7200\n")
    assert touched(before) == {"keystone", "keystone_fernet"}
    cloud.ok("unset", "fernet_token_expiry", "--yes")
    assert path.read_text() == GLOBALS
    cloud.ok("plan")


def test_a_service_is_switched_off_and_on_again(cloud: Cloud) -> None:
    """``disable`` takes containers, catalogue and user; data stay for ``enable``, unless they are to be deleted."""
    path = cloud.config / "globals.yml"
    refused = cloud.run("disable", "keystone", "--yes")
    assert refused.code == 1 and "always on" in refused.text.lower()
    others = {name: line for name, line in containers().items() if "octavia" not in name}
    cloud.ok("disable", "octavia", "--yes")
    assert "enable_octavia: no" in path.read_text()
    assert not [name for name in containers() if "octavia" in name]
    assert "load-balancer" not in cloud.ok("openstack", "catalog", "list", "-f", "value").out
    assert "octavia" not in cloud.ok("openstack", "user", "list", "-f", "value").out
    databases = ("exec", short("mariadb"), "ls", "/var/lib/mysql/data")
    assert "octavia" in docker(*databases).split()
    listed = {row["name"]: row for row in cloud.ok("services", "--json").json["services"]}
    assert listed["octavia"]["state"] == "off"
    cloud.ok("plan")
    cloud.ok("enable", "octavia", "--yes")
    assert "ovn" in cloud.ok("openstack", "loadbalancer", "provider", "list", "-f", "value").out
    cloud.ok("disable", "octavia", "--delete-data", "--yes")
    assert "octavia" not in docker(*databases).split()
    cloud.ok("enable", "octavia", "--yes")
    cloud.ok("plan")
    # The dashboard has the panels of those services that are there.
    followers = ("keystone_bootstrap", "mariadb_databases", "horizon")
    kept = {name: line for name, line in others.items() if not name.endswith(followers)}
    assert {name: containers()[name] for name in kept} == kept, "nothing else was touched"


def test_a_password_is_replaced_while_nobody_uses_it(cloud: Cloud) -> None:
    """One database password: its service alone restarts, and works with the new one."""
    old = passwords(cloud)
    before = containers()
    answer = cloud.ok("rotate", "glance_database_password", "--yes")
    new = passwords(cloud)
    assert {key for key in new if new[key] != old[key]} == {"glance_database_password"}
    restarted = {name for name in touched(before) if not name.endswith(("_databases", "_schema", "_bootstrap"))}
    assert restarted == {"glance_api"}
    cloud.ok("openstack", "image", "list")
    assert old["glance_database_password"] not in answer.text and new["glance_database_password"] not in answer.text
    cloud.ok("plan")


def test_all_passwords_are_replaced_though_it_is_cut_off(cloud: Cloud) -> None:
    """``rotate --all`` is killed in the middle; ``apply`` goes on; everybody has the new passwords, and all works."""
    old = passwords(cloud)
    process = cloud.start("rotate", "--all", "--yes")
    deadline = time.monotonic() + 120
    while passwords(cloud) == old and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(3)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    new = passwords(cloud)
    off = {key.name for one in load() if one.enabled_by and not one.enabled_default for key in one.passwords}
    assert {key for key in old if new[key] == old[key]} <= {"memcache_secret_key", *off}, "the file was written first"
    cloud.ok("apply", "--yes")
    cloud.ok("plan")
    cloud.ok("openstack", "server", "list", "--all-projects")
    cloud.ok("openstack", "network", "agent", "list")
    for service in ("nova_api", "neutron_server", "rabbitmq", "mariadb", "keystone"):
        given = docker("exec", "-u", "root", short(service), "sh", "-c", "cat /var/lib/kolla/config_files/*")
        assert not [key for key, value in old.items() if value != new[key] and value in given], service
    (cloud.folder / "old-passwords.json").write_text(json.dumps(old))


def test_history_tells_what_was_done(cloud: Cloud) -> None:
    """``history``, ``show``, ``diff`` and ``replay`` read the journal of all that was done here."""
    runs = cloud.ok("history", "--json").json["runs"]
    verbs = [run["verb"] for run in runs]
    assert {"set", "enable", "disable", "rotate", "apply", "up"} <= set(verbs)
    assert next(run for run in runs if run["verb"] == "rotate")["outcome"] == "cut-off"
    human = cloud.ok("history").text
    assert "rotate" in human and "cut off" in human.replace("-", " ")
    chosen = next(run["id"] for run in runs if run["verb"] == "enable")
    page, chart = cloud.folder / "run.html", cloud.folder / "run.svg"
    shown = cloud.ok("show", chosen, "--html", str(page), "--svg", str(chart)).text
    assert "octavia_api" in shown
    assert "octavia_api" in page.read_text() and "<svg" in chart.read_text()
    assert "octavia" in cloud.ok("diff", chosen).text
    assert "octavia_api" in cloud.ok("replay", chosen, "--instant").text
    assert cloud.run("show", "no-such-run").code == 1


def test_a_run_can_be_gone_back_to(cloud: Cloud) -> None:
    """``rollback`` restores the very text of globals.yml and an override, and the cloud follows."""
    path = cloud.config / "globals.yml"
    text = path.read_text()
    cloud.ok("apply", "--yes")
    good = cloud.ok("history", "--json").json["runs"][0]["id"]
    override = cloud.config / "config" / "glance.conf"
    override.parent.mkdir(exist_ok=True)
    override.write_text("[DEFAULT]\nimage_size_cap = 1234567\n")
    path.write_text(text + "fernet_token_expiry: 7300\n")
    cloud.ok("apply", "--yes")
    assert "1234567" in docker("exec", short("glance_api"), "cat", "/etc/glance/glance-api.conf")
    told = cloud.ok("rollback", good, "--yes").text
    assert path.read_text() == text and not override.exists()
    assert "password" in told.lower()
    assert "1234567" not in docker("exec", short("glance_api"), "cat", "/etc/glance/glance-api.conf")
    cloud.ok("plan")


def test_a_report_has_all_parts_and_no_password(cloud: Cloud) -> None:
    """One archive of a healthy cloud: every section is there, a log of every container, and no password in any byte."""
    made = cloud.folder / "report.tar.gz"
    before = containers()
    answer = cloud.ok("report", "--out", str(made), "--json")
    assert {one["name"]: one["why"] for one in answer.json["sections"] if not one["ok"]} == {}
    assert made.stat().st_mode & 0o777 == 0o600
    with tarfile.open(made) as tar:
        read = {one.name.partition("/")[2]: content.read() for one in tar if (content := tar.extractfile(one))}
    logs = {Path(path).name.removesuffix(".log") for path in read if path.startswith("logs/")}
    assert logs == {name.removeprefix(short("")).removeprefix(f"{NAME}-") for name in before}
    assert json.loads(read["status.json"])["healthy"] and json.loads(read["plan.json"])["operations"] == []
    everything = b"\n".join((*read.values(), answer.text.encode()))
    for key, value in passwords(cloud).items():
        forms = (value.encode(), base64.b64encode(value.encode()), quote(value, safe="").encode())
        assert not [form for form in forms if form in everything], key
    assert containers() == before
    assert answer.seconds < 60


EXAMPLES = re.findall(
    r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs/machine-output.md").read_text(), re.DOTALL
)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_for_programs_run_as_they_stand(cloud: Cloud, example: str) -> None:
    """Each program of docs/machine-output.md ends well and prints what it reads."""
    environment = {**cloud.environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    ran = subprocess.run(
        [sys.executable, "-c", example], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.strip()


def test_overrides_without_effect_are_named(cloud: Cloud) -> None:
    """A misnamed file, host and option are told with their place and the nearest that would have an effect."""
    folder: Path = cloud.config / "config"
    (folder / "nova").mkdir(parents=True, exist_ok=True)
    (folder / "nvoa.conf").write_text("[DEFAULT]\ndebug = true\n")
    (folder / "nova" / "nova-api.conf").write_text("[DEFAULT]\nreclaim_instance_intervall = 2\n")
    answer = cloud.run("plan")
    (folder / "nvoa.conf").unlink()
    (folder / "nova" / "nova-api.conf").unlink()
    assert answer.code == 2, "an option nobody knows is still in the file"
    assert "nvoa.conf" in answer.text and "nova.conf" in answer.text
    assert "nova/nova-api.conf:2" in answer.text and "reclaim_instance_interval" in answer.text
    cloud.ok("plan")
