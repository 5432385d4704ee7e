"""Statements that wait for a lock in the database, and who most probably holds it."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import Layer, Sign, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.patient_infra import Statement

WAITS = 4.0
"""Seconds for which a statement waits before that is trouble."""
LONG = 300.0
"""Seconds for which a transaction may stay open."""
SOURCE = "information_schema.processlist"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for statements that wait for a lock, and for transactions that are open for long."""
    if patient.database is None:
        return
    statements = patient.database.statements
    waiting = sorted((one for one in statements if one.waits and one.seconds >= WAITS), key=lambda one: -one.seconds)
    if waiting:
        yield _locked(waiting, holder(waiting, statements))
    blamed = holder(waiting, statements) if waiting else None
    for one in statements:
        if (one.open_for or 0.0) >= LONG and not one.waits and one != blamed:
            yield Sign(
                finding(
                    "database-transaction-open",
                    "warning",
                    "A transaction in the database stays open",
                    "what it has changed or read with a lock nobody else can change meanwhile",
                    [_seen(one)],
                    kill(one),
                    f"connection {one.id}",
                ),
                Layer.INFRASTRUCTURE,
            )


def holder(waiting: list[Statement], statements: tuple[Statement, ...]) -> Statement | None:
    """Return who most probably holds the lock: whom the server names; else who works, or has begun a transaction, for
    as long as others wait, or sleeps as nobody's service.
    """
    by_id = {one.id: one for one in statements}
    named = next((by_id[one.blocked_by] for one in waiting if one.blocked_by in by_id), None)
    if named is not None:
        return named
    longest = waiting[0].seconds
    suspects = [one for one in statements if not one.waits and (one.open_for or one.seconds) >= longest - 1]
    suspects.sort(key=lambda one: (not one.text, one.open_for is None, one.user not in ("root", "mysql"), one.seconds))
    return suspects[0] if suspects else None


def _locked(waiting: list[Statement], blamed: Statement | None) -> Sign:
    first = waiting[0]
    count = f"{len(waiting)} statements wait" if len(waiting) > 1 else "a statement waits"
    evidence = [_seen(first)]
    cause = f"{count} for a lock, the longest for {first.seconds:.0f} s"
    fix = "skylift exec -u root mariadb mariadb --skip-ssl -e 'SHOW FULL PROCESSLIST'   (who holds it? KILL its Id)"
    if blamed is not None:
        cause += f"; most probably connection {blamed.id} of user {blamed.user} holds it"
        evidence.append(_seen(blamed))
        fix = kill(blamed)
    where = first.database or "mariadb"
    return Sign(
        finding("database-locked", "error", "Services wait for a lock in the database", cause, evidence, fix, where),
        Layer.INFRASTRUCTURE,
        (("disk-full", ""),),
    )


def _seen(one: Statement) -> Evidence:
    what = one.text or ("an open transaction" if one.open_for is not None else "asleep")
    state = f" ({one.state})" if one.state else ""
    return Evidence(f"connection {one.id}, {one.user}: {what}{state}", SOURCE, one.open_for or one.seconds)


def kill(one: Statement) -> str:
    """Return the command that ends a connection: it rolls back what was not committed."""
    return f"skylift exec -u root mariadb mariadb --skip-ssl -e 'KILL {one.id}'"
