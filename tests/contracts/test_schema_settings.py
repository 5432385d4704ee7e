"""The dumps are made by a server that treats characters as the deployed one does."""

import re

from skylift.images.families import recipes_folder
from skylift.services import load


def test_the_dumps_are_made_with_the_deployed_servers_character_set() -> None:
    service = next(service for service in load() if service.name == "mariadb")
    deployed = (service.folder / "templates" / "my.cnf.j2").read_text()
    options = (recipes_folder() / "schema" / "server-options.txt").read_text()
    for name in ("character-set-server", "collation-server"):
        there = re.search(rf"^{name}\s*=\s*(\S+)", deployed, re.MULTILINE)
        here = re.search(rf"^--{name}=(\S+)", options, re.MULTILINE)
        assert there and here and there[1] == here[1], name


def test_every_database_of_a_service_has_a_dump() -> None:
    made = {schema.database for service in load() for schema in service.schemas}
    declared = {database.name for service in load() for database in service.databases}
    # Nova's cell 0 has the schema of every cell.
    assert declared == made | {"nova_cell0"}
