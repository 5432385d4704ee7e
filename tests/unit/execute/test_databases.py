"""A database is dropped by a statement inside the server's container, with no password anywhere."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from skylift.engines import Engine
from skylift.execute.databases import drop_database
from skylift.model.problem import Problem


class Server(Engine):
    """An engine of which nothing but running a command is asked."""

    def __init__(self, code: int = 0, output: str = "") -> None:
        self.answer = (code, output)
        self.ran: list[tuple[str, tuple[str, ...], str]] = []

    async def run(self, name: str, command: Sequence[str], *, user: str = "") -> tuple[int, str]:
        self.ran.append((name, tuple(command), user))
        return self.answer


async def test_the_database_and_its_user_go() -> None:
    server = Server()
    assert await drop_database(server, "mariadb", "octavia", "octavia") == "and its user"
    ((name, command, user),) = server.ran
    assert (name, user) == ("mariadb", "root")
    assert command[-1] == "--execute=DROP DATABASE IF EXISTS `octavia`; DROP USER IF EXISTS 'octavia'@'%'"
    assert not any("password" in word for word in command)


async def test_a_user_of_others_stays() -> None:
    server = Server()
    assert await drop_database(server, "mariadb", "cell1", "") == ""
    assert server.ran[0][1][-1] == "--execute=DROP DATABASE IF EXISTS `cell1`"


async def test_what_the_server_refuses_is_a_problem() -> None:
    with pytest.raises(Problem) as caught:
        await drop_database(Server(1, "ERROR 1698 (28000): Access denied\n"), "mariadb", "octavia", "octavia")
    assert (caught.value.code, caught.value.detail) == (
        "database-not-dropped",
        "octavia: ERROR 1698 (28000): Access denied",
    )
