"""Credentials: written once with mode 0600, found again, handed to the official client without a secret in sight."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from skylift.app import access
from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.openstack.client import Credentials

PASSWORD = "s3cret'$(id)\"\\x"


@pytest.fixture
def credentials() -> Credentials:
    return Credentials("http://10.0.0.2:5000/v3", "admin", Secret(PASSWORD), "admin")


def test_both_files_are_private_and_hold_the_password(tmp_path: Path, credentials: Credentials) -> None:
    found = access.write(tmp_path / "new", "skylift", credentials)
    for path in (found.clouds, found.openrc):
        assert path.stat().st_mode & 0o777 == 0o600
    cloud = YAML(typ="safe").load(found.clouds)["clouds"]["skylift"]
    assert cloud["auth"]["password"] == PASSWORD
    assert cloud["auth"]["auth_url"] == "http://10.0.0.2:5000/v3"
    assert cloud["region_name"] == "RegionOne"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["admin-openrc.sh", "clouds.yaml"]


def test_a_shell_reads_the_very_password_from_openrc(tmp_path: Path, credentials: Credentials) -> None:
    found = access.write(tmp_path, "skylift", credentials)
    command = ["sh", "-c", f'. "{found.openrc}" && printf %s "$OS_PASSWORD"']
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == PASSWORD


def test_a_second_time_nothing_is_written(tmp_path: Path, credentials: Credentials) -> None:
    before = access.write(tmp_path, "skylift", credentials).clouds.stat()
    assert access.write(tmp_path, "skylift", credentials).clouds.stat().st_ino == before.st_ino


def test_a_file_that_others_could_read_is_made_private(tmp_path: Path, credentials: Credentials) -> None:
    path = access.write(tmp_path, "skylift", credentials).clouds
    path.chmod(0o644)
    assert access.write(tmp_path, "skylift", credentials).clouds.stat().st_mode & 0o777 == 0o600


def test_what_was_written_is_found(tmp_path: Path, credentials: Credentials) -> None:
    written = access.write(tmp_path, "my-lab", credentials)
    assert access.find(tmp_path) == written
    assert PASSWORD not in str(written.as_dict())


def test_without_a_cloud_the_problem_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        access.find(tmp_path)
    assert (caught.value.code, caught.value.fix) == ("no-credentials", "skylift up")


def test_removal_takes_both_files_and_can_be_repeated(tmp_path: Path, credentials: Credentials) -> None:
    access.write(tmp_path, "skylift", credentials)
    access.remove(tmp_path)
    access.remove(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_client_is_told_by_files_alone(tmp_path: Path, credentials: Credentials) -> None:
    found = access.write(tmp_path, "skylift", credentials)
    environ = {
        "PATH": "/bin", "OS_PASSWORD": "other", "OS_AUTH_URL": "http://elsewhere", "OS_CLOUD": "elsewhere",
        "OS_COMPUTE_API_VERSION": "2.79", "no_proxy": "localhost",
    }  # fmt: skip
    command, given_environ = access.client(found, ["server", "list", "-f", "json"], environ)
    assert command[1:] == ["server", "list", "-f", "json"]
    assert Path(command[0]).name == "openstack"
    assert given_environ == {
        "PATH": "/bin",
        "OS_COMPUTE_API_VERSION": "2.79",
        "OS_CLIENT_CONFIG_FILE": str(found.clouds),
        "OS_CLOUD": "skylift",
        "no_proxy": "localhost,10.0.0.2",
        "NO_PROXY": "10.0.0.2",
    }
    assert PASSWORD not in str((command, given_environ))


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1))
def test_any_password_survives_yaml(password: str) -> None:
    found = access.Access("skylift", "http://10.0.0.2:5000/v3", Path("clouds.yaml"), Path("rc"))
    text = access._clouds_yaml(found, Credentials(found.auth_url, "admin", Secret(password), "admin"))
    assert YAML(typ="safe").load(text)["clouds"]["skylift"]["auth"]["password"] == password
