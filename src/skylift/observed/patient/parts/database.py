"""MariaDB, asked through its socket by the administrator, for whom it keeps a connection free."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from skylift.model.patient_infra import Database, Statement
from skylift.observed.patient.bed import Bed
from skylift.services.mariadb.service import AS_ROOT

PART, SOURCE = "database", "skylift exec -u root mariadb mariadb --skip-ssl -e 'SHOW FULL PROCESSLIST'"
WAITS = ("Waiting for", "waiting for")
OWN = ("system user", "event_scheduler")
TEXT = 120
STATEMENTS = (
    "SET lock_wait_timeout = 1",
    "SELECT JSON_OBJECT('kind', 'variables', 'limit', @@max_connections, 'read_only', CONCAT(@@read_only),"
    " 'clock', UNIX_TIMESTAMP(NOW(6)))",
    "SELECT JSON_OBJECT('kind', 'status', 'name', LOWER(variable_name), 'value', variable_value)"
    " FROM information_schema.global_status WHERE variable_name IN ('Threads_connected',"
    " 'Connection_errors_max_connections') OR variable_name LIKE 'wsrep\\_%'",
    "SELECT JSON_OBJECT('kind', 'process', 'id', id, 'user', user, 'database', IFNULL(db, ''), 'command', command,"
    " 'seconds', time_ms / 1000, 'state', IFNULL(state, ''), 'text', LEFT(IFNULL(info, ''), 200))"
    " FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND command <> 'Daemon'",
    "SELECT JSON_OBJECT('kind', 'transaction', 'id', trx_mysql_thread_id, 'open_for',"
    " TIMESTAMPDIFF(SECOND, trx_started, NOW()), 'waits', trx_state = 'LOCK WAIT', 'locks', trx_rows_locked"
    " + trx_rows_modified + trx_tables_locked)"
    " FROM information_schema.innodb_trx",
    "SELECT JSON_OBJECT('kind', 'wait', 'id', r.trx_mysql_thread_id, 'by', b.trx_mysql_thread_id)"
    " FROM information_schema.innodb_lock_waits w"
    " JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id"
    " JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id",
    "SELECT JSON_OBJECT('kind', 'account', 'name', user, 'hash', JSON_VALUE(priv, '$.authentication_string'),"
    " 'locked', IFNULL(JSON_VALUE(priv, '$.account_locked'), 0)) FROM mysql.global_priv WHERE host = '%'",
    "SELECT JSON_OBJECT('kind', 'database', 'name', schema_name) FROM information_schema.schemata",
    # Last: their tables may be locked, and then they end with an error after a second.
    "SELECT JSON_OBJECT('kind', 'unmapped', 'host', s.host) FROM nova.services s"
    " LEFT JOIN nova_api.host_mappings m ON m.host = s.host"
    " WHERE s.binary = 'nova-compute' AND s.deleted = 0 AND m.host IS NULL",
)


async def look(bed: Bed) -> Mapping[str, Any]:
    """Return ``database``. Raises ValueError with the client's words when the server does not let it in."""
    limit = "sed -n 's/^ *max_connections *= *//p' /etc/mysql/my.cnf | tail -n 1; exec \"$@\""
    client = (*AS_ROOT, "--batch", "--raw", "--skip-column-names", "--force", f"--execute={'; '.join(STATEMENTS)}")
    code, output = await bed.run("mariadb", ("sh", "-c", limit, "sh", *client), user="root")
    rows = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if not rows:
        errors = [line for line in output.splitlines() if line.startswith("ERROR")]
        raise ValueError((errors or output.strip().splitlines() or [f"exit code {code}"])[-1])
    first = output.splitlines()[0].strip()
    accounts = {
        database.user: hashed(bed.password(database.password).reveal())
        for service in bed.services
        for database in service.databases
    }
    names = [database.name for service in bed.services for database in service.databases]
    return {"database": read(rows, accounts, names, int(first) if first.isdigit() else 0, bed.now)}


def hashed(password: str) -> str:
    """Return a password as the server's method ``mysql_native_password`` keeps it."""
    inner = hashlib.sha1(password.encode()).digest()  # noqa: S324 - the server's method
    return "*" + hashlib.sha1(inner).hexdigest().upper()  # noqa: S324 - MariaDB keeps it so


def read(
    rows: Iterable[Mapping[str, Any]], wanted: Mapping[str, str], names: Iterable[str], configured: int, now: float
) -> Database:
    """Return the database from the rows of its answers. ``wanted`` are accounts with their hashes."""
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    variables = by_kind["variables"][0]
    status = {row["name"]: str(row["value"]) for row in by_kind.get("status", ())}
    there = {row["name"] for row in by_kind.get("database", ())}
    found = {row["name"]: row for row in by_kind.get("account", ())}
    return Database(
        connections=int(status.get("threads_connected", "0")),
        limit=int(variables["limit"]),
        configured=configured,
        refused=int(status.get("connection_errors_max_connections", "0")),
        read_only=str(variables["read_only"]).upper() in ("1", "ON"),
        ahead=float(variables["clock"]) - now,
        statements=_statements(by_kind),
        accounts={name: _account(found.get(name), hash_) for name, hash_ in wanted.items()} if found else {},
        missing=tuple(name for name in names if name not in there) if there else (),
        galera={name: value for name, value in status.items() if name.startswith("wsrep_")}
        if status.get("wsrep_cluster_size", "0") not in ("0", "")
        else {},
        unmapped=tuple(row["host"] for row in by_kind.get("unmapped", ())),
    )


def _account(row: Mapping[str, Any] | None, hash_: str) -> str:
    if row is None:
        return "missing"
    if str(row["locked"]).lower() in ("1", "true"):
        return "locked"
    return "ok" if row["hash"] == hash_ else "password"


def _statements(by_kind: Mapping[str, list[Mapping[str, Any]]]) -> tuple[Statement, ...]:
    transactions = {int(row["id"]): row for row in by_kind.get("transaction", ())}
    blockers = {int(row["id"]): int(row["by"]) for row in by_kind.get("wait", ())}
    found = []
    for found_row in by_kind.get("process", ()):
        # The list is read while it changes; seen once, beside a locked table: a row without its last columns.
        row = {"user": "", "database": "", "command": "", "seconds": 0, "state": "", "text": "", **found_row}
        if row["user"] in OWN:
            continue
        number = int(row["id"])
        transaction = transactions.get(number)
        works = row["command"] not in ("Sleep", "Binlog Dump")
        # A transaction that holds no lock is nobody's trouble.
        holds = transaction is not None and int(transaction["locks"] or 0) > 0
        found.append(
            Statement(
                id=number,
                user=str(row["user"]),
                seconds=float(row["seconds"]),
                state=str(row["state"]),
                text=" ".join(str(row["text"]).split())[:TEXT] if works else "",
                waits=str(row["state"]).startswith(WAITS) or (transaction is not None and bool(transaction["waits"])),
                blocked_by=blockers.get(number, 0),
                open_for=float(transaction["open_for"] or 0) if transaction is not None and holds else None,
                database=str(row["database"]),
            )
        )
    return tuple(found)
