# ruff: noqa: S608, T201 - names of tables come from the server itself; the test reads the output
"""Runs in the OpenStack image beside a throwaway server: is what the dump gives what migrating gives?

The databases were migrated already. Each dump is loaded into a database of its own, and both are compared: tables,
their definitions, and the rows, except for the moments at which rows were made and the random
ids they were given.
"""

import gzip
import re
import sys
from difflib import unified_diff
from pathlib import Path

import pymysql
from pymysql.constants import CLIENT

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
SCHEMAS = Path("/usr/share/skylift/schema")


def ordered(definition: str) -> str:
    """Return a definition with its indexes and constraints sorted.

    Their order means nothing, and a migration makes some in the order of a Python set: another one at each run.
    """
    first, *inner, last = definition.split("\n")
    columns = [line.rstrip(",") for line in inner if line.startswith("  `")]
    others = sorted(line.rstrip(",") for line in inner if not line.startswith("  `"))
    return "\n".join([first, *columns, *others, last])


def described(cursor: pymysql.cursors.Cursor, database: str) -> dict[str, tuple[str, list[str]]]:
    """Return definition and rows of each table."""
    cursor.execute(f"USE `{database}`")
    cursor.execute("SHOW FULL TABLES")
    found = {}
    for table, kind in cursor.fetchall():
        cursor.execute(f"SHOW CREATE {'VIEW' if kind == 'VIEW' else 'TABLE'} `{table}`")
        definition = ordered(cursor.fetchone()[1].replace(f"`{database}`", "`database`"))
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
            " AND data_type NOT IN ('datetime', 'timestamp') ORDER BY ordinal_position",
            (database, table),
        )
        columns = ", ".join(f"`{name}`" for (name,) in cursor.fetchall()) or "1"
        cursor.execute(f"SELECT {columns} FROM `{table}`")
        rows = [UUID.sub("a random id", repr(row)) for row in cursor.fetchall()]
        found[table] = (definition, sorted(rows))
    return found


def lines(described: dict[str, tuple[str, list[str]]], table: str) -> list[str]:
    """Return definition and rows of a table as lines."""
    definition, rows = described.get(table, ("absent", []))
    return [*definition.splitlines(), *rows]


def main(socket: str) -> int:
    """Compare every dump and return how many differ."""
    different = 0
    link = pymysql.connect(unix_socket=socket, user="root", charset="utf8mb4", client_flag=CLIENT.MULTI_STATEMENTS)
    with link, link.cursor() as cursor:
        for file in sorted(SCHEMAS.glob("*.sql.gz")):
            name = file.name.removesuffix(".sql.gz")
            migrated = "nova" if name == "nova_cell0" else name
            cursor.execute(f"CREATE DATABASE `{name}_loaded`")
            cursor.execute(f"USE `{name}_loaded`")
            cursor.execute(gzip.decompress(file.read_bytes()).decode())
            while cursor.nextset():
                pass
            link.commit()
            left, right = described(cursor, migrated), described(cursor, f"{name}_loaded")
            for table in sorted(left.keys() | right.keys()):
                if left.get(table) != right.get(table):
                    different += 1
                    print(f"DIFFERENT {name}.{table}")
                    print("\n".join(unified_diff(lines(left, table), lines(right, table), "migrated", "loaded", n=0)))
            rows = sum(len(content) for _, content in left.values())
            print(f"COMPARED {name}: {len(left)} tables, {rows} rows", flush=True)
    return different


sys.exit(1 if main(sys.argv[1]) else 0)
