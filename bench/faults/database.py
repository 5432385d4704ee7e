"""Faults of the database: the server, its accounts, and what is written in it.

Source: MariaDB's pages on max_connections, read_only and LOCK TABLES; which rows a service cannot do without is in the
services' own schemas (``nova.services``, ``nova_api.host_mappings``).
"""

from __future__ import annotations

from typing import Any

from bench.faults.fault import Fault, container
from bench.faults.guests import mine, refused
from bench.faults.lab import QUERY, Failed, Lab

DATABASE = f"{container('mariadb')}|database"
SLEEP = "SELECT SLEEP(3600)"
USER = "`glance`@`%`"


def kill_sessions(lab: Lab, condition: str) -> None:
    """End the sessions of which ``condition`` holds, but for those of the administrator."""
    where = f"user NOT IN ('root', 'system user') AND {condition}"
    rows = lab.sql(f"SELECT id FROM information_schema.processlist WHERE {where}")  # noqa: S608
    lab.sql("".join(f"KILL {row[0]};\n" for row in rows if row[0]) or "SELECT 1")


def _few_connections(lab: Lab) -> None:
    kill_sessions(lab, "TRUE")
    lab.sql("SET GLOBAL max_connections = 10")


def _many_connections(lab: Lab, _: Any) -> None:
    try:
        lab.sql("SET GLOBAL max_connections = 1000")
    except Failed:  # the one connection that is kept for root is taken too
        lab.docker("restart", lab.name("mariadb"))


def _has_few(lab: Lab) -> bool:
    return int(lab.sql("SELECT @@global.max_connections")[0][0]) < 1000


def _lock(lab: Lab, statement: str) -> None:
    lab.inside("mariadb", *QUERY, f"--execute={statement}; {SLEEP}", detach=True)


def _lock_table(lab: Lab) -> None:
    _lock(lab, "LOCK TABLES neutron.ports WRITE, neutron.networks WRITE")


def _lock_all(lab: Lab) -> None:
    _lock(lab, "FLUSH TABLES WITH READ LOCK")


def _locked(lab: Lab) -> bool:
    return bool(lab.sql(f"SELECT id FROM information_schema.processlist WHERE info = '{SLEEP}'"))  # noqa: S608


def _unlock(lab: Lab, _: Any) -> None:
    for row in lab.sql(f"SELECT id FROM information_schema.processlist WHERE info = '{SLEEP}'"):  # noqa: S608
        lab.sql(f"KILL {row[0]}")


def _read_only(lab: Lab) -> None:
    lab.sql("SET GLOBAL read_only = 1")


def _writable(lab: Lab, _: Any) -> None:
    lab.sql("SET GLOBAL read_only = 0")


def _is_read_only(lab: Lab) -> bool:
    return lab.sql("SELECT @@global.read_only")[0][0] == "1"


def _password(lab: Lab) -> None:
    lab.sql(f"ALTER USER {USER} IDENTIFIED BY 'another'")
    kill_sessions(lab, "user = 'glance'")


def _revoke(lab: Lab) -> None:
    lab.sql("REVOKE ALL ON `placement`.* FROM `placement`@`%`")
    kill_sessions(lab, "user = 'placement'")


def _grant(lab: Lab, _: Any) -> None:
    lab.sql("GRANT ALL PRIVILEGES ON `placement`.* TO `placement`@`%`")


def _drop_user(lab: Lab) -> None:
    lab.sql("DROP USER `octavia`@`%`")
    kill_sessions(lab, "user = 'octavia'")


def _fix(lab: Lab, _: Any) -> None:
    """What doctor itself would do: the database's accounts are none of what ``apply`` looks at."""
    lab.skylift("doctor", "--fix", "--yes")


def _table_away(lab: Lab) -> None:
    lab.sql("RENAME TABLE placement.allocations TO placement.allocations_kept")


def _table_back(lab: Lab, _: Any) -> None:
    lab.sql("RENAME TABLE placement.allocations_kept TO placement.allocations")


def _no_table(lab: Lab) -> bool:
    return not lab.sql("SHOW TABLES FROM placement LIKE 'allocations'")


def _service_row(lab: Lab) -> None:
    lab.sql("UPDATE nova.services SET deleted = id, deleted_at = NOW() WHERE `binary` = 'nova-compute'")


def _service_row_back(lab: Lab, _: Any) -> None:
    lab.sql("UPDATE nova.services SET deleted = 0, deleted_at = NULL WHERE `binary` = 'nova-compute'")


def _host_mapping(lab: Lab) -> str:
    cell = lab.sql(f"SELECT cell_id FROM nova_api.host_mappings WHERE host = '{lab.node}'")[0][0]  # noqa: S608
    lab.sql(f"DELETE FROM nova_api.host_mappings WHERE host = '{lab.node}'")  # noqa: S608
    refused(lab)
    return cell


def _host_mapping_back(lab: Lab, cell: Any) -> None:
    values = f"(UTC_TIMESTAMP(), {int(cell)}, '{lab.node}')"
    lab.sql(f"INSERT INTO nova_api.host_mappings (created_at, cell_id, host) VALUES {values}")  # noqa: S608


# $1 is the folder of the volume on the machine; what it had is kept beside it until it is in its new place.
SMALL = """set -eu
size=$(du -sm "$1" | cut -f1)
cp -a "$1" "$1.kept"
mount -t tmpfs -o "size=$((size + 8))m" tmpfs "$1"
cp -a "$1.kept/." "$1/"
rm -rf "$1.kept"
"""
LARGE = """set -eu
rm -f "$1/filler"
cp -a "$1" "$1.kept"
umount "$1"
rm -rf "$1/data"
cp -a "$1.kept/." "$1/"
rm -rf "$1.kept"
"""


def _fill(lab: Lab) -> str:
    """Give the server a small file system of its own with all that it had, and fill that up."""
    lab.docker("stop", "--time", "60", lab.name("mariadb"))
    volume = lab.docker("volume", "inspect", "--format", "{{.Mountpoint}}", lab.name("mariadb")).strip()
    try:
        lab.host("sh", "-c", SMALL, "sh", volume)
    finally:
        lab.docker("start", lab.name("mariadb"))
    # Bounded: the machine's own disk is never what fills.
    lab.inside("mariadb", "sh", "-c", "head -c 64M /dev/zero >/var/lib/mysql/filler", check=False)
    return volume


def _make_room(lab: Lab, volume: Any) -> None:
    lab.docker("stop", "--time", "60", lab.name("mariadb"))
    try:
        lab.host("sh", "-c", LARGE, "sh", str(volume))
    finally:
        lab.docker("start", lab.name("mariadb"))


def _full(lab: Lab) -> bool:
    return int(lab.inside("mariadb", "df", "--output=avail", "/var/lib/mysql").split()[-1]) < 1024


FAULTS = (
    Fault(
        "database-connection-limit",
        _few_connections,
        (DATABASE, "connections"),
        _many_connections,
        there=_has_few,
        patience=20,
    ),
    Fault("database-table-locked", _lock_table, (DATABASE, "lock"), _unlock, there=_locked, patience=20),
    Fault("database-all-locked", _lock_all, (DATABASE, "lock"), _unlock, there=_locked, patience=30),
    Fault("database-read-only", _read_only, (DATABASE, "read.only"), _writable, there=_is_read_only, patience=30),
    Fault("database-disk-full", _fill, (DATABASE, "space|full|disk"), _make_room, there=_full, patience=30),
    Fault(
        "database-password-of-glance",
        _password,
        ("glance", "password|denied|login|1045"),
        _fix,
    ),
    Fault(
        "database-rights-of-placement",
        _revoke,
        ("placement", "right|privilege|permission|grant|denied|refus"),
        _grant,
    ),
    Fault("database-user-of-octavia-dropped", _drop_user, ("octavia", "user|account|password|denied|login"), _fix),
    Fault(
        "database-table-of-placement-gone",
        _table_away,
        ("placement", "table|schema|1146"),
        _table_back,
        there=_no_table,
    ),
    Fault(
        "nova-compute-record-gone",
        _service_row,
        (f"{container('nova_compute')}|compute", "record|service|regist|database|listed|known"),
        _service_row_back,
        patience=20,
    ),
    Fault(
        "nova-host-mapping-gone",
        _host_mapping,
        ("node1|compute|host", "map|cell"),
        _host_mapping_back,
        there=lambda lab: bool(mine(lab)),
    ),
)
