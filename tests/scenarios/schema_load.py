# ruff: noqa: S608, T201 - a throwaway container; the test reads the output
"""Runs in the OpenStack image beside a throwaway server: does schema.py load, go on, leave alone and migrate?

Usage: schema_load.py SOCKET. Prints ``HELD what`` for each thing that held, and ends at the first that did not.
"""

import subprocess
import sys
import time
from pathlib import Path

import pymysql

SCRIPT = "/mnt/schema.py"
MARKER = "skylift_loading"
SOCKET = sys.argv[1]


def connect(database: str | None = None) -> "pymysql.connections.Connection[pymysql.cursors.Cursor]":
    """Connect to the server, which may not listen yet."""
    for _ in range(600):
        try:
            return pymysql.connect(unix_socket=SOCKET, user="root", database=database, autocommit=True)
        except pymysql.err.OperationalError as error:
            refused = error
            time.sleep(0.1)
    raise SystemExit(f"the server does not answer: {refused}")


def sql(database: str | None, statement: str) -> list[str]:
    """Return the first column of what a statement gives."""
    with connect(database) as link, link.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def arguments(*databases: str) -> list[str]:
    """Return the command line for databases whose migration would leave the file /tmp/migrated."""
    for name in databases:
        Path(f"/tmp/{name}.conf").write_text(
            f"[database]\nconnection = mysql+pymysql://root@localhost/{name}?unix_socket={SOCKET}\n"
        )
    places = [f"{name}=/tmp/{name}.conf:database" for name in databases]
    return [sys.executable, SCRIPT, *places, "--sql", f"/tmp/mark.sql={databases[0]}", "--", "touch", "/tmp/migrated"]


def schema(*databases: str) -> str:
    """Run the script and return what it printed, and ``migrated`` at the end when it called for a migration."""
    Path("/tmp/migrated").unlink(missing_ok=True)
    output = subprocess.run(arguments(*databases), check=True, capture_output=True, text=True).stdout
    return output + ("migrated" if Path("/tmp/migrated").exists() else "")


def held(what: str, truth: bool, seen: object = "") -> None:
    """Say that something held, or end."""
    if not truth:
        raise SystemExit(f"did not hold: {what}; seen: {seen}")
    print("HELD", what, flush=True)


def cut_off(database: str) -> None:
    """Start a loading and kill it, and its session at the server, when some tables are there."""
    with subprocess.Popen(arguments(database), stdout=subprocess.DEVNULL) as process:
        while len(sql(database, "SHOW TABLES")) < 5 and process.poll() is None:
            time.sleep(0.005)
        process.kill()
    for session in sql(None, f"SELECT id FROM information_schema.processlist WHERE db = '{database}'"):
        sql(None, f"KILL {session}")
    time.sleep(0.5)


def main() -> None:
    """Try the cases one after another."""
    Path("/tmp/mark.sql").write_text("CREATE TABLE IF NOT EXISTS mark (id INT); INSERT INTO mark VALUES (1);")
    for name in ("placement", "octavia", "neutron"):
        sql(None, f"CREATE DATABASE {name}")

    seen = schema("placement", "octavia")
    held("empty databases are filled", seen.count("loaded in") == 2 and "migrated" not in seen, seen)
    tables = sql("octavia", "SHOW TABLES")
    held("no marker stays", len(tables) > 20 and MARKER not in tables, tables)
    held("the statements are executed", len(sql("placement", "SELECT * FROM mark")) == 1)

    seen = schema("placement", "octavia")
    held("what has the revision is left alone", seen == "", seen)
    held("the statements are executed again", len(sql("placement", "SELECT * FROM mark")) == 2)

    cut_off("neutron")
    tables = sql("neutron", "SHOW TABLES")
    held("a loading was cut off", MARKER in tables and len(tables) > 4, tables)
    seen = schema("neutron")
    held("it is begun again", "beginning again" in seen and "loaded in" in seen and "migrated" not in seen, seen)
    tables = sql("neutron", "SHOW TABLES")
    held("and is whole", len(tables) > 100 and MARKER not in tables and "alembic_version" in tables, len(tables))

    sql("octavia", "UPDATE alembic_version SET version_num = 'of old'")
    held("an older schema is migrated", schema("placement", "octavia").endswith("migrated"))


main()
