# ruff: noqa: S608 - names of tables come from the server itself
"""What the databases hold: schema of all, and the rows that a deployment makes."""

from __future__ import annotations

import re

from tests.scenarios.resume.place import docker, full_name

CLIENT = ("--no-defaults", "--skip-ssl", "--socket=/run/mysqld/mysqld.sock", "--user=root")
OURS = ("keystone", "glance", "placement", "nova_api", "nova_cell0", "nova", "neutron", "octavia")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{32}\b")
TIME = re.compile(r"\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?")

# Rows that services write of their own doing, as often as they like.
VOLATILE = re.compile(
    r"nova(_cell0)?\.(services|compute_nodes|instance_.*|pci_devices)|neutron\.(agents|ovn_.*|reservations|quotausages"
    r"|provisioningblocks|standardattributes|ports|ipallocations|segmenthostmappings"
    r"|ml2_port_binding.*|.*revision.*)|octavia\.(.*_health|controller_worker.*)"
    r"|keystone\.(revocation_event|.*cache.*)|glance\.(image.*|node_reference|tasks?)|placement\.(.*trait.*|.*class.*)"
)


def sql(statement: str) -> list[str]:
    """Return the rows of statements, a line each, with tabs between columns."""
    done = docker("exec", "-i", "--user", "0", full_name("mariadb"), "mariadb", *CLIENT, "-N", "-B", text=statement)
    return done.splitlines()


def read() -> dict[str, list[str]]:
    """Return schema, revisions, accounts, cells, counts of rows."""
    dump = docker("exec", "--user", "0", full_name("mariadb"), "mariadb-dump", *CLIENT, "--no-data", "--skip-comments",
                  "--skip-dump-date", "--databases", *OURS)  # fmt: skip
    schema, table = [], ""
    for raw in dump.splitlines():
        line = re.sub(r" AUTO_INCREMENT=\d+", "", raw).rstrip(",").strip()
        if line.startswith(("CREATE", "USE")):
            table = line
        schema.append(f"{table}: {line}")
    tables = [line.split("\t") for line in sql(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
        f" AND table_schema IN ({', '.join(repr(name) for name in OURS)})")]  # fmt: skip
    revisions = [f"{base}.{name}" for base, name in tables if name.startswith("alembic_version")]
    counted = [f"{base}.{name}" for base, name in tables if not VOLATILE.fullmatch(f"{base}.{name}")]
    counts = sql("".join(f"SELECT '{name}', COUNT(*) FROM {name};" for name in counted))
    return {
        "databases": sql("SHOW DATABASES"),
        "schema": schema,
        "revisions": sql("".join(f"SELECT '{name}', version_num FROM {name};" for name in revisions)),
        "accounts": sql("SELECT user, host, JSON_VALUE(priv, '$.authentication_string') FROM mysql.global_priv")
        + sql("SELECT user, host, db, select_priv, create_priv, grant_priv FROM mysql.db"),
        "cells": [
            UUID.sub("an id", line)
            for line in sql(
                "SELECT 'cell', id, name, IF(uuid LIKE '00000000-%', uuid, 'an id'), transport_url,"
                " database_connection, disabled FROM nova_api.cell_mappings;"
                "SELECT 'host', cell_id, host FROM nova_api.host_mappings;"
                "SELECT 'service', host, `binary`, disabled, deleted FROM nova.services;"
                "SELECT 'compute', host, hypervisor_type, mapped, deleted FROM nova.compute_nodes;"
                "SELECT 'agent', agent_type, `binary`, host FROM neutron.agents;"
            )
        ],
        "rows": counts,
    }
