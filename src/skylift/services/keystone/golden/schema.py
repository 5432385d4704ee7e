"""Bring the databases of a service to the schema of this image.

    schema.py DATABASE=FILE:SECTION [DATABASE=FILE:SECTION ...] [--sql FILE=DATABASE] -- COMMAND [-- COMMAND ...]

Each DATABASE is reached through `connection` in SECTION of the service's own configuration FILE. When all are empty
and the image carries dumps of them, the dumps are loaded, which takes a second; else the service's own COMMANDs
migrate them. A loading that was cut off is recognised by its marker table and begun again from nothing.
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
        user=urllib.parse.unquote(url.username),
        password=urllib.parse.unquote(url.password),
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
    dumps = [(DUMPS / f"{name}.sql.gz", connection) for name, connection in databases.items()]
    fresh = [empty(connection) for _, connection in dumps]
    loading = all(fresh) and all(dump.exists() for dump, _ in dumps)
    if loading:
        # The last database is finished last: only then do later runs find all of them filled.
        for dump, connection in dumps:
            load(connection, dump)
    for number, command in enumerate(commands):
        if not loading:
            print("running", " ".join(command), flush=True)
            subprocess.run(command, check=True)
        if number == 0:
            for file, name in scripts:
                run(databases[name], pathlib.Path(file).read_text())


main(sys.argv[1:])
