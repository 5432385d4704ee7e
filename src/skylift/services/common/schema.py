"""The job that fills a service's databases."""

from __future__ import annotations

from skylift.model.service_container import ConfigFile, Job

SCRIPT = ConfigFile("schema.py.j2", "/usr/local/bin/schema.py", "root", "0755")


def schema_job(
    service: str,
    like: str,
    databases: tuple[str, ...],
    *migrations: str,
    options: str = "",
    files: tuple[ConfigFile, ...] = (),
) -> Job:
    """Return the job ``SERVICE_schema``.

    Each of ``databases`` is written ``NAME=FILE:SECTION``: the section of a configuration file that has its connection.
    An empty database is filled from the image's dump; for any other the ``migrations`` run, the service's own commands.
    """
    words = ("python3 /usr/local/bin/schema.py", *databases, *((options,) if options else ()))
    return Job(
        name=f"{service}_schema",
        like=like,
        command=" -- ".join((" ".join(words), *migrations)),
        files=(SCRIPT, *files),
        after=("mariadb_databases",),
    )
