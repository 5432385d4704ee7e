"""A service is one folder: shown by the last that came, Barbican, which was added by docs/adding-a-service.md alone."""

from __future__ import annotations

import re
from pathlib import Path

from tests.contracts.fixture import desired

from skylift import services
from skylift.openstack import holdings
from skylift.openstack.proofs.proof import load

NAME = "barbican"
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src/skylift/services" / NAME
LISTS = {"kolla_keys.txt", "kolla_passwords.txt", "users.txt"}
"""Kolla's names and its users' numbers, of whatever services there may be."""


def test_no_code_outside_its_folder_names_it() -> None:
    """Others may ask whether it is on, to go along with it; locks and golden files are made by programs."""
    naming = []
    for path in (path for part in ("src", "images", "scripts") for path in (ROOT / part).rglob("*")):
        generated = path.suffix == ".lock" or {"golden", "__pycache__"} & set(path.parts) or path.name in LISTS
        if not path.is_file() or generated or path.is_relative_to(FOLDER):
            continue
        text = path.read_text(errors="replace")
        asked = f"{{% if '{NAME}' in enabled %}}" in text or f'if "{NAME}" not in bench' in text
        if re.search(NAME, text, re.IGNORECASE) and not asked and path.name != "requirements.in":
            naming.append(str(path.relative_to(ROOT)))
    assert naming == []


def test_its_folder_alone_makes_all_of_it() -> None:
    without, wanted = desired(), desired(settings_text=f"enable_{NAME}: yes\n")
    here = {spec.name for spec in without.containers}
    new = [spec for spec in wanted.containers if spec.name not in here]
    assert {spec.service for spec in new} == {NAME}
    assert {spec.short for spec in new} == {
        "barbican_api", "barbican_worker", "barbican_keystone_listener", "barbican_schema",
    }  # fmt: skip
    assert {one.name for one in wanted.accounts} - {one.name for one in without.accounts} == {NAME}
    assert {one.type for one in wanted.catalogue} - {one.type for one in without.catalogue} == {"key-manager"}
    assert set(wanted.roles) - set(without.roles) == {"key-manager:service-admin", "creator", "observer", "audit"}
    assert [proof.service for proof in load() if proof.name == "secret"] == [NAME]
    assert "encrypted" in holdings.told(NAME)


def test_others_change_only_where_they_follow_it() -> None:
    without, wanted = desired(), desired(settings_text=f"enable_{NAME}: yes\n")
    before = {spec.name: spec.digest for spec in without.containers}
    changed = {spec.short for spec in wanted.containers if spec.digest != before.get(spec.name, spec.digest)}
    # Who makes databases and users; keystone, which tells it of projects; and who lets guests reach its API.
    assert changed == {"mariadb_databases", "keystone_bootstrap", "keystone", "keystone_fernet", "openvswitch_vswitchd"}


def test_what_it_is_made_of_is_in_its_folder() -> None:
    found = {path.name for path in FOLDER.iterdir() if path.name not in ("golden", "__pycache__")}
    assert found == {"__init__.py", "service.py", "templates", "proof.py", "holdings.py", "rules"}
    assert services.modules("proof")[0] == f"skylift.services.{NAME}.proof"
