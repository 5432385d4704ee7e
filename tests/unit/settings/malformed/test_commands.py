"""Settings that are wrong, met by the commands themselves: exit code 1, the place, and no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.settings.malformed.place import snapshot

from skylift.cli.main import main

ROWS: list[tuple[tuple[str, ...], bytes, str, str]] = [
    (("plan",), b"openstack_tag: 'x\n", "globals.yml:1", "settings-yaml"),
    (("plan", "--only", "nova"), b"\nhorizon_port: 080\n", "globals.yml:2", "settings-value"),
    (("check",), b"\xff\xfe\x00", "globals.yml:1", "settings-yaml"),
    (("check",), b"a: 1\n", "globals.yml:1", "settings-unknown-key"),
    (("apply", "--yes"), b"enable_octavia: maybe\n", "globals.yml:1", "settings-value"),
    (("up",), b"openstack_tag: x\nopenstack_tag: y\n", "globals.yml:2", "settings-duplicate-key"),
    (("status",), b"- a\n", "globals.yml:1", "settings-not-a-mapping"),
    (("down", "--yes"), b"skylift_cloud_name: Big\n", "globals.yml:1", "settings-value"),
    (("set", "openstack_service_workers", "two"), b"# mine\n", "globals.yml:2", "settings-value"),
    (("set", "openstack_tag", "x", "--plan"), b"openstack_region_name: [\n", "globals.yml:1", "settings-yaml"),
    (("unset", "openstack_tag"), b"openstack_tag: x\nenable_heat: [no]\n", "globals.yml:1", "settings-value"),
    (("enable", "heat"), b"skylift_nodes: 9\n", "globals.yml:1", "settings-value"),
    (("disable", "heat"), b"EXT_NET_CIDR: 10.0.0.1/24\n", "globals.yml:1", "settings-value"),
    (("services",), b"docker_registry: http://x\n", "globals.yml:1", "settings-value"),
    (("rotate", "nova_database_password"), b"openstack_tag: \x07\n", "globals.yml:1", "settings-yaml"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[0]))
def test_a_command_says_what_is_wrong_and_changes_nothing(
    tmp_path: Path,
    row: tuple[tuple[str, ...], bytes, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words, raw, where, code = row
    (tmp_path / "globals.yml").write_bytes(raw)
    before = snapshot(tmp_path)
    # No engine is reached before the settings are right; were one asked, it is none.
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine")
    for options in ((), ("--json",)):
        monkeypatch.setattr(sys, "argv", ["skylift", *words, "--config", str(tmp_path), *options])
        with pytest.raises(SystemExit) as caught:
            main()
        said = capsys.readouterr()
        assert caught.value.code == 1
        assert "Traceback" not in said.out + said.err
        assert where in said.err
    assert code in [one["code"] for one in json.loads(said.err)["problems"]]
    assert snapshot(tmp_path) == before


def test_the_program_itself(tmp_path: Path) -> None:
    (tmp_path / "globals.yml").write_bytes(b"openstack_tag: 'x\n")
    program = Path(sys.executable).with_name("skylift")
    done = subprocess.run(
        [program, "check", "--config", tmp_path], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "globals.yml:1" in done.stderr
    assert "Traceback" not in done.stderr
