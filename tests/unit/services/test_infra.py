"""What the infrastructure services' templates make of awkward input, read as the program that gets it reads it."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.fixture import cloud

from skylift import services
from skylift.desired.templates import RenderContext, Renderer
from skylift.model.cloud import Cloud
from skylift.model.secret import Secret
from skylift.model.service import Database, Service
from skylift.model.service_container import ConfigFile, Container, Job
from skylift.settings import load_text

DECLARED = services.load()
BY_NAME = {service.name: service for service in DECLARED}
SETTINGS = load_text("", DECLARED)
DATABASES = (Database("nova_api", "nova", "nova_database_password"),)
PLAIN = "SECRET"


def files(service: Service) -> list[ConfigFile]:
    parts: list[Container | Job] = [*service.containers, *service.jobs]
    return sorted({file for part in parts for file in part.files}, key=lambda file: file.dest)


SCRIPTS = [
    (service.name, file.template) for service in DECLARED for file in files(service) if file.template.endswith(".sh.j2")
]
# What YAML can hold: no control characters but tab and line ends, no lone surrogates.
awkward = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r'\"\\`#%$;"), min_size=1)

LITERAL = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
ESCAPED = re.compile(r"''|\\(.)", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def rendered(service: str, template: str, secret: str = PLAIN, shape: Cloud | None = None) -> str:
    passwords = {password.name: Secret(secret) for one in DECLARED for password in one.passwords}
    context = RenderContext(SETTINGS, passwords, shape or cloud(), frozenset(BY_NAME), DATABASES)
    return Renderer(context, context.cloud.nodes[0]).render(BY_NAME[service], template).text


def sql_strings(statement: str) -> list[str]:
    """Return the string literals of a statement as MariaDB reads them (backslash escapes, doubled quotes)."""
    return [
        ESCAPED.sub(lambda match: ESCAPES.get(match[1], match[1]) if match[1] else "'", literal[1])
        for literal in LITERAL.finditer(statement)
    ]


@given(awkward)
def test_the_server_gets_roots_password_one_statement_a_line(secret: str) -> None:
    lines = rendered("mariadb", "accounts.sql.j2", secret).rstrip("\n").split("\n")
    assert len(lines) == 4
    assert all(line.endswith(";") for line in lines)
    assert [sql_strings(line) for line in lines[:2]] == [["root", "%", secret]] * 2
    assert "''" not in LITERAL.sub("", lines[2])


@given(awkward)
def test_a_databases_user_gets_its_password_and_nothing_else(secret: str) -> None:
    text = rendered("mariadb", "databases.sql.j2", secret)
    assert sql_strings(text) == ["nova", "%", secret, "nova", "%", secret, "nova", "%"]
    # What remains without the literals is the four statements: nothing in a password ends one.
    assert LITERAL.sub("?", text).count(";") == 4


def test_a_grant_covers_one_database() -> None:
    """An underscore stands for any letter in GRANT: nova_api would include novaXapi."""
    assert r"ON `nova\_api`.*" in rendered("mariadb", "databases.sql.j2")


@given(awkward)
def test_the_client_reads_the_password_back(secret: str) -> None:
    lines = rendered("mariadb", "client.cnf.j2", secret).rstrip("\n").split("\n")
    value = next(line for line in lines if line.startswith("password")).partition(" = ")[2]
    assert (value[0], value[-1], len(lines)) == ('"', '"', 6)
    unescaped = re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), value[1:-1], flags=re.DOTALL)
    assert unescaped == secret


@given(awkward)
def test_the_brokers_definitions_are_json(secret: str) -> None:
    users = json.loads(rendered("rabbitmq", "definitions.json.j2", secret))["users"]
    assert [(user["name"], user["password"]) for user in users] == [("openstack", secret)]


def shapes() -> dict[str, Cloud]:
    one = cloud()
    node = one.nodes[0]
    return {
        "userspace": one,
        "kernel": replace(one, machine=replace(one.machine, datapath="system")),
        "no gateway": replace(one, nodes=(replace(node, roles=("control", "compute")),)),
        "two nodes": replace(
            one,
            nodes=(node, replace(node, name="node2", internal=node.internal + 1, tunnel=node.tunnel + 1)),
        ),
    }


@pytest.mark.parametrize("shape", shapes())
@pytest.mark.parametrize(("service", "template"), SCRIPTS)
def test_scripts_are_scripts_in_every_shape(service: str, template: str, shape: str) -> None:
    text = rendered(service, template, shape=shapes()[shape])
    assert text.startswith("#!/")
    shell = text.partition("\n")[0].removeprefix("#!").split()[0]
    done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("shape", "has", "has_not"),
    [
        ("userspace", ["datapath-type=netdev", "userspace-tso-enable=true", "attach tunnel"], ["system "]),
        (
            "kernel",
            ["datapath-type=system", "remove Open_vSwitch . other_config"],
            ["tso-enable=true", "attach tunnel"],
        ),
        ("no gateway", ["remove Open_vSwitch . external-ids ovn-cms-options"], ["enable-chassis-as-gw"]),
        ("two nodes", ['"tcp:172.24.0.16:6642,tcp:172.24.0.17:6642"', "ovn-encap-ip=172.24.8.16"], []),
    ],
)
def test_the_switch_is_told_what_the_node_is(shape: str, has: list[str], has_not: list[str]) -> None:
    scripts = ("vswitchd_start.sh.j2", "ovn_settings.sh.j2")
    text = "".join(rendered("openvswitch", script, shape=shapes()[shape]) for script in scripts)
    assert [part for part in has if part not in text] == []
    assert [part for part in has_not if part in text] == []


def test_brokers_find_each_other_by_name_without_a_resolver() -> None:
    shape = shapes()["two nodes"]
    assert '{host, {172,24,0,17}, ["node2"]}.' in rendered("rabbitmq", "erl_inetrc.j2", shape=shape)
    conf = rendered("rabbitmq", "rabbitmq.conf.j2", shape=shape)
    assert re.findall(r"classic_config\.nodes\.\d = (\S+)", conf) == ["rabbit@node1", "rabbit@node2"]
    assert "cluster_formation" not in rendered("rabbitmq", "rabbitmq.conf.j2")


def test_no_password_is_in_a_file_that_others_may_read() -> None:
    """Scripts are 0755; what they need of secrets they read from files of 0600."""
    readable: dict[str, str] = {}
    for service in ("mariadb", "rabbitmq", "memcached", "openvswitch", "ovn", "libvirt"):
        for file in files(BY_NAME[service]):
            if PLAIN in rendered(service, file.template) and file.perm not in ("0600", "0400"):
                readable[file.dest] = file.perm
    assert readable == {}
