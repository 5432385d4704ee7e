"""Databases that are dropped with their service: a statement given to the server inside its own container."""

from __future__ import annotations

from skylift.engines import Engine
from skylift.model.problem import Problem
from skylift.services.mariadb.service import AS_ROOT


async def drop_database(engine: Engine, server: str, database: str, user: str) -> str:
    """Drop a database, and the user (unless empty) that had it; what is gone already is fine.

    ``server`` is the engine's name of the container. The names are declared ones. The server knows root by the socket,
    so no password is involved. Raises Problem ``database-not-dropped``.
    """
    statements = [f"DROP DATABASE IF EXISTS `{database}`"]
    if user:
        statements.append(f"DROP USER IF EXISTS '{user}'@'%'")
    code, output = await engine.run(server, (*AS_ROOT, f"--execute={'; '.join(statements)}"), user="root")
    if code != 0:
        raise Problem(
            code="database-not-dropped",
            summary="A database could not be dropped",
            detail=f"{database}: {output.strip()[-1000:]}",
            fix="skylift logs mariadb\nThen repeat the command.",
            where=server,
        )
    return "and its user" if user else ""
