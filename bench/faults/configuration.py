"""Faults of configuration: a container's own files, broken by hand, as they are read at its next start.

Source: the templates of the services; a password is made wrong by one more letter, and never shown.
"""

from __future__ import annotations

from typing import Any

from bench.faults.fault import Fault, container
from bench.faults.guests import refused
from bench.faults.lab import CONFIG, Lab

EDITED = "edit|by hand|chang|differ|drift|config|\\.conf|\\.ini|not what"
LONG_AGO = 1_000_000_000
LIVE = "/etc/nova/nova.conf"


def password(section: str) -> str:
    """Return the script that makes the password of a section wrong."""
    return rf"/^\[{section}\]/,/^\[[^]]*\]$/ s/^password = .*/&x/"


def login(key: str) -> str:
    """Return the script that makes the password in a URL wrong."""
    return f"s/^{key} = \\([^@]*\\)@/{key} = \\1x@/"


def edit(short: str, file: str, script: str) -> Any:
    """Return what edits a file of a container and starts it again."""
    return lambda lab: lab.edit(short, file, script)


def edited(short: str, file: str) -> Any:
    """Return what tells whether a file is still as it was left by hand: Skylift gives its own a time of long ago."""
    return lambda lab: int(lab.inside(short, "stat", "--format", "%Y", f"{CONFIG}/{file}")) > LONG_AGO


def _scheduler(lab: Lab) -> None:
    lab.edit("nova_scheduler", "nova-core.conf", password("placement"))
    refused(lab)


def _no_file(lab: Lab) -> None:
    lab.inside("nova_api", "rm", f"{CONFIG}/nova.conf")
    lab.restart("nova_api")


def _live(lab: Lab) -> None:
    lab.inside("nova_api", "sed", "-i", "s/^debug = .*/debug = true/", LIVE)
    lab.inside("nova_api", "sed", "-i", "s/^debug = .*/debug = true/", f"{CONFIG}/nova.conf")


def broken(name: str, short: str, file: str, script: str, words: str, patience: float = 25) -> Fault:
    """Return the fault of a container whose file was edited; the finding may name the edit, or what it leads to."""
    expected = (f"{container(short)}|{short.partition('_')[0]}", f"{EDITED}|{words}")
    return Fault(name, edit(short, file, script), expected, applies=True, patience=patience, there=edited(short, file))


# fmt: off
FAULTS = (
    broken("glance-database-password", "glance_api", "glance-api.conf", login("connection"), "password|denied"),
    broken("conductor-broker-password", "nova_conductor", "nova.conf", login("transport_url"), "password|refus|login"),
    broken("placement-keystone-password", "placement_api", "placement.conf",
           password("keystone_authtoken"), "password|401"),
    broken("neutron-placement-password", "nova_compute", "nova-compute.conf", password("neutron"), "password|401", 20),
    Fault(
        "scheduler-placement-password",
        _scheduler,
        (container("nova_scheduler"), f"{EDITED}|password|401"),
        applies=True,
        there=edited("nova_scheduler", "nova-core.conf"),
    ),
    broken("neutron-wrong-northbound", "neutron_server", "ml2_conf.ini", "s/:6641/:6645/", "northbound|6645|connect"),
    broken("keystone-broken-file", "keystone", "keystone.conf", "1i this is no option", "restart|exit|pars"),
    broken("compute-unknown-driver", "nova_compute", "nova-compute.conf",
           "s/^compute_driver = .*/compute_driver = nosuch.Driver/", "restart|exit|driver"),
    broken("metadata-wrong-secret", "nova_metadata", "nova-core.conf",
           "s/^metadata_proxy_shared_secret = .*/&x/", "secret|metadata"),
    broken("octavia-wrong-keystone", "octavia_api", "octavia.conf", "s/:5000/:5001/", "keystone|5001"),
    broken("database-unknown-option", "mariadb", "my.cnf",
           r"s/^\[mariadbd\]/&\nno_such_option = 1/", "restart|exit|option"),
    broken("broker-wrong-option", "rabbitmq", "rabbitmq.conf", "1i no.such.option = 1", "restart|exit|option"),
    Fault(
        "nova-api-file-missing",
        _no_file,
        (container("nova_api"), f"{EDITED}|missing|restart|exit|file"),
        applies=True,
        patience=20,
    ),
    Fault("nova-api-edited-live", _live, (container("nova_api"), EDITED), applies=True,
          patience=5, there=edited("nova_api", "nova.conf")),
)
# fmt: on
