"""Bring the databases of a service to the schema of this image.

    schema.py DATABASE=FILE:SECTION [DATABASE=FILE:SECTION ...] [--sql FILE=DATABASE] -- COMMAND [-- COMMAND ...]

Each DATABASE is reached through `connection` in SECTION of the service's own configuration FILE. An empty one is filled
from the dump that the image carries, which takes a second; one that has the dump's revision is left as it is; when one
is neither, the service's own COMMANDs migrate all of them. A loading that was cut off is recognised by its marker table
and begun again from nothing. The SQL of --sql is run after the first COMMAND, or instead of it.
"""

import configparser
import gzip
import pathlib
import subprocess
import sys
import time
import urllib.parse

import pymysql
from pymysql.constants import CLIENT

DUMPS = pathlib.Path("/usr/share/skylift/schema")
MARKER = "skylift_loading"


def connect(file, section):
    """Connect to the database that `connection` in this section of this file names."""
    parser = configparser.RawConfigParser(strict=False)
    parser.read(file)
    url = urllib.parse.urlsplit(parser.get(section, "connection"))
    return pymysql.connect(
        host=url.hostname,
        port=url.port or 3306,
        unix_socket=dict(urllib.parse.parse_qsl(url.query)).get("unix_socket"),
        user=urllib.parse.unquote(url.username or ""),
        password=urllib.parse.unquote(url.password or ""),
        database=url.path.lstrip("/"),
        charset="utf8mb4",
        autocommit=True,
        client_flag=CLIENT.MULTI_STATEMENTS,
    )


def run(connection, text):
    """Execute all statements of `text`; an error of any of them is raised."""
    with connection.cursor() as cursor:
        cursor.execute(text)
        while cursor.nextset():
            pass


def tables(connection):
    with connection.cursor() as cursor:
        cursor.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        return [row[0] for row in cursor.fetchall()]


def empty(connection):
    """Whether nothing is there, after removing what an earlier loading left unfinished."""
    found = tables(connection)
    if MARKER in found:
        print("a loading was cut off: beginning again")
        # The marker goes last, so that this too can be cut off.
        drop = [name for name in found if name != MARKER] + [MARKER]
        run(connection, "SET FOREIGN_KEY_CHECKS = 0; " + "".join(f"DROP TABLE `{name}`; " for name in drop))
        found = []
    return not found


def current(connection, dump):
    """Whether the database has the very revisions that the dump has."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT version_num FROM alembic_version")
            there = {row[0] for row in cursor.fetchall()}
    except pymysql.err.ProgrammingError:
        return False
    # A dump that is a link is that of another database of the same schema.
    name = dump.resolve().name.split(".")[0]
    for line in (DUMPS / "revisions.txt").read_text().splitlines():
        database, *revisions = line.split()
        if database == name:
            return there == set(revisions)
    return False


def load(connection, dump):
    begin = time.monotonic()
    run(connection, f"CREATE TABLE {MARKER} (id INT)")
    run(connection, gzip.decompress(dump.read_bytes()).decode())
    run(connection, f"DROP TABLE {MARKER}")
    print(f"{dump.name}: loaded in {time.monotonic() - begin:.1f} s")


def main(arguments):
    databases, scripts, commands = {}, [], []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            commands.append([])
        elif commands:
            commands[-1].append(argument)
        elif argument == "--sql":
            scripts.append(next(rest).rsplit("=", 1))
        else:
            name, place = argument.split("=", 1)
            databases[name] = connect(*place.rsplit(":", 1))
    fill = []
    migrate = False
    for name, connection in databases.items():
        dump = DUMPS / f"{name}.sql.gz"
        if not dump.exists():
            migrate = True
        elif empty(connection):
            fill.append((connection, dump))
        elif not current(connection, dump):
            migrate = True
    if not migrate:
        for connection, dump in fill:
            load(connection, dump)
    for number, command in enumerate(commands):
        if migrate:
            print("running", " ".join(command), flush=True)
            subprocess.run(command, check=True)
        if number == 0:
            for file, name in scripts:
                run(databases[name], pathlib.Path(file).read_text())


main(sys.argv[1:])
