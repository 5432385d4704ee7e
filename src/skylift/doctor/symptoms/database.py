"""MariaDB: whether it answers, takes connections, and lets its clients write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skylift.doctor.sign import FIX, Layer, Sign, behind, down, edited, finding
from skylift.model.finding import Evidence, Finding
from skylift.model.patient import Patient
from skylift.model.patient_infra import Database
from skylift.model.remedy import Remedy

NAME = "mariadb"
PROCESSES = "skylift exec -u root mariadb mariadb --skip-ssl -e 'SHOW FULL PROCESSLIST'"
TOO_MANY = re.compile(r"\b(?:1040|08004)\b|[Tt]oo many connections")
CROWDED = 0.95
LIMIT_FIX = f"{FIX}   (sets the limit back)\nskylift exec -u root mariadb mariadb --skip-ssl -e 'SHOW FULL PROCESSLIST'"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield signs of a database that does not serve."""
    container = patient.container(NAME)
    unread = patient.why_unread("database")
    if unread is not None and container is not None and container.runs:
        below = (("disk-full", ""), *edited(NAME), *down(*sorted(behind(patient, container))), *down(NAME))
        if TOO_MANY.search(unread.why):
            yield Sign(
                _crowded(Evidence(unread.why, unread.source, 0.0)), Layer.INFRASTRUCTURE, below, 0.0, _limit(None)
            )
        else:
            yield Sign(
                finding(
                    "database-silent",
                    "error",
                    "The database does not answer",
                    "its server runs, and a question through its own socket was not answered",
                    [Evidence(unread.why, unread.source, 0.0)],
                    f"skylift logs {NAME} --since 30m\n{FIX}   (restarts it)",
                    NAME,
                ),
                Layer.INFRASTRUCTURE,
                below,
                0.0,
                (Remedy("restart", NAME, "it does not answer"),),
            )
    if patient.database is not None:
        yield from _answering(patient.database)


def _answering(database: Database) -> Iterator[Sign]:
    if database.limit and database.connections >= database.limit * CROWDED - 1:
        seen = [
            Evidence(f"{database.connections} connections, {database.limit} allowed", PROCESSES, 0.0),
            Evidence(f"{database.refused} were refused since its start", "SHOW GLOBAL STATUS", None),
        ]
        if database.configured and database.limit != database.configured:
            seen.append(Evidence(f"its configuration allows {database.configured}", "/etc/mysql/my.cnf", None))
        yield Sign(_crowded(*seen), Layer.INFRASTRUCTURE, (), 0.0, _limit(database))
    if database.read_only:
        yield Sign(
            finding(
                "database-read-only",
                "error",
                "The database takes no changes",
                "its variable read_only is ON: services can read, and fail at the first thing they write",
                [Evidence("read_only = ON", "SHOW GLOBAL VARIABLES", 0.0)],
                "skylift exec -u root mariadb mariadb --skip-ssl -e 'SET GLOBAL read_only = OFF'",
                NAME,
            ),
            Layer.INFRASTRUCTURE,
            (),
            1.0,
            (Remedy("run", NAME, "it takes no changes", sql("SET GLOBAL read_only = OFF")),),
        )
    trouble = {
        name: value
        for name, value, good in (
            ("wsrep_cluster_status", database.galera.get("wsrep_cluster_status"), "Primary"),
            ("wsrep_ready", database.galera.get("wsrep_ready"), "ON"),
            ("wsrep_local_state_comment", database.galera.get("wsrep_local_state_comment"), "Synced"),
        )
        if value not in (None, good)
    }
    if trouble:
        yield Sign(
            finding(
                "galera-not-ready",
                "error",
                "The database cluster is not whole",
                "a node outside the primary component, or not in step, refuses questions",
                [Evidence(f"{name} = {value}", "SHOW STATUS LIKE 'wsrep%'", 0.0) for name, value in trouble.items()],
                "skylift logs mariadb --since 1h\nskylift status   (is each node's mariadb up?)",
                NAME,
            ),
            Layer.INFRASTRUCTURE,
            down(NAME),
        )
    if database.missing:
        names = ", ".join(database.missing)
        yield Sign(
            finding(
                "database-missing",
                "error",
                "A service's database is gone",
                f"there is no database {names}: somebody dropped it, and what was in it",
                [Evidence(f"not there: {names}", "SHOW DATABASES", 0.0)],
                "Restore it from a backup, or give up what was in it:\nskylift down --yes; skylift up",
                database.missing[0],
            ),
            Layer.INFRASTRUCTURE,
            (),
            2.0,
        )
    if database.unmapped:
        yield Sign(
            finding(
                "compute-unmapped",
                "error",
                "A compute host belongs to no cell",
                "nova's scheduler does not see a host that is not mapped to a cell: no guest is put there",
                [Evidence(host, "nova_api.host_mappings", 0.0) for host in database.unmapped],
                "skylift exec nova_conductor nova-manage cell_v2 discover_hosts",
                database.unmapped[0],
            ),
            Layer.SERVICE,
            (),
            0.0,
            (Remedy("run", "nova_conductor", "hosts belong to no cell", ("nova-manage", "cell_v2", "discover_hosts")),),
        )


def _crowded(*evidence: Evidence) -> Finding:
    return finding(
        "database-connections",
        "error",
        "The database takes no more connections",
        "as many clients are connected as its limit allows: who needs one more is refused, and its API answers 500",
        evidence,
        LIMIT_FIX,
        NAME,
    )


def _limit(database: Database | None) -> tuple[Remedy, ...]:
    """Return how the limit becomes what the configuration says; nothing where it is that already."""
    if database is None:
        return (Remedy("restart", NAME, "it takes no more connections"),)
    if database.configured <= database.limit:
        return ()
    statement = f"SET GLOBAL max_connections = {database.configured}"
    return (Remedy("run", NAME, "its limit of connections is lower than configured", sql(statement)),)


def sql(statement: str) -> tuple[str, ...]:
    """Return the command that has the server carry out a statement, as root inside its container."""
    socket = "--socket=/run/mysqld/mysqld.sock"
    return ("mariadb", "--no-defaults", "--skip-ssl", socket, "--user=root", f"--execute={statement}")
