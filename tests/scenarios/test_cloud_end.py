"""The end of a cloud: what it leaves in places where it should not, and nothing else."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.scenarios.cloud import Cloud, containers, docker
from tests.scenarios.conftest import host
from tests.scenarios.host_snapshot import Snapshot, compare

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800), pytest.mark.usefixtures("running")]


def test_no_secret_is_anywhere_but_in_its_files(cloud: Cloud) -> None:
    """Every password of passwords.yml is looked for in journals, output, labels, environment, arguments and logs."""
    cloud.settings()
    secrets = _secrets(cloud.config / "passwords.yml")
    former = cloud.folder / "old-passwords.json"
    if former.exists():
        secrets |= {f"former {key}": value for key, value in json.loads(former.read_text()).items()}
    assert len(secrets) >= 15
    names = sorted(containers())
    places = {f"output {number}": answer.text for number, answer in enumerate(cloud.answers)}
    places["containers"] = docker("inspect", *names)
    places["processes"] = subprocess.run(["ps", "axewwo", "args"], text=True, capture_output=True, check=True).stdout
    for name in names:
        shown = subprocess.run(["docker", "logs", name], text=True, capture_output=True, check=True)
        places[f"logs of {name}"] = shown.stdout + shown.stderr
    for path in cloud.journal.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            text = gzip.decompress(content) if path.suffix == ".gz" else content
            places[f"journal {path.name}"] = text.decode(errors="replace")
    found = [(place, key) for place, text in places.items() for key, secret in secrets.items() if secret in text]
    assert found == []


def _secrets(path: Path) -> dict[str, str]:
    """Read passwords.yml without Skylift's code: ``key: value`` lines of one word."""
    pairs = (line.split(":", 1) for line in path.read_text().splitlines() if ":" in line and line[0] not in " #")
    return {key: value.strip().strip("'\"") for key, value in pairs if len(value.strip()) >= 16}


def test_data_that_are_kept_are_there_again(cloud: Cloud) -> None:
    """``down --keep-data`` and ``up`` bring back databases and images; the resources need no correction."""
    cloud.settings()
    content = os.urandom(1 << 20)
    (cloud.folder / "data").write_bytes(content)
    cloud.ok("openstack", "image", "create", "kept", "--file", str(cloud.folder / "data"))
    cloud.ok("down", "--yes", "--keep-data")
    assert containers() == {}
    cloud.ok("up", "--no-verify")
    cloud.ok("openstack", "image", "save", "kept", "--file", str(cloud.folder / "again"))
    assert (cloud.folder / "again").read_bytes() == content
    assert cloud.ok("plan", "--json").json["operations"] == []


def test_down_leaves_no_trace(cloud: Cloud, host_before: Snapshot) -> None:
    """After ``down --yes`` the host is as it was before the first ``up``, and it took at most 15 seconds."""
    cloud.settings()
    answer = cloud.ok("down", "--yes")
    assert containers() == {}
    differences = compare(host_before, host())
    assert not differences, "\n".join(differences[:60])
    assert answer.seconds < 60
