"""The list of Kolla's names, the configuration folder, and the page of the settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skylift.settings import config_dir
from skylift.settings.keys import Globals
from skylift.settings.names import WHY, is_kolla_key, is_password, kolla_keys, kolla_passwords, nearest


def test_the_lists_hold_names_only_in_order() -> None:
    for file in ("kolla_keys.txt", "kolla_passwords.txt"):
        import skylift.settings.names as module

        lines = (Path(module.__file__).parent / file).read_text().splitlines()
        assert lines == sorted(set(lines))
        assert all(re.fullmatch(r"[a-zA-Z][A-Za-z0-9_]*", line) for line in lines)


def test_keys_we_support_under_kollas_name_are_in_kollas_list() -> None:
    own = {name for name in Globals.model_fields if not name.startswith("skylift_") and not name.isupper()}
    missing = own - kolla_keys()
    # These are Skylift's own words for what Kolla has no variable for.
    ours = {"neutron_dns_domain", "neutron_dns_servers", "nova_resume_guests"}
    ours |= {"ceph_osd_devices", "ceph_osd_size_gib", "ceph_osd_memory_mib", "ceph_wipe_devices"}
    assert missing <= ours


def test_keys_with_a_reason_are_kollas_and_not_supported() -> None:
    assert WHY.keys() <= kolla_keys()
    assert not WHY.keys() & Globals.model_fields.keys()


def test_names_formed_from_others_are_known() -> None:
    assert is_kolla_key("nova_max_fail_percentage")
    assert is_kolla_key("nova_scheduler_healthcheck_retries")
    assert not is_kolla_key("nova_max_fail")
    assert is_password("keystone_admin_password")
    assert "keystone_admin_password" in kolla_passwords()


def test_nothing_is_near_to_nonsense() -> None:
    assert nearest("xqzvw", Globals.model_fields) is None


def test_where_the_settings_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_dir(tmp_path, {"SKYLIFT_CONFIG": "/elsewhere"}) == tmp_path
    assert config_dir(None, {"SKYLIFT_CONFIG": "/elsewhere"}) == Path("/elsewhere")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert config_dir(None, {}) == Path("/etc/skylift")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_dir(None, {}) == tmp_path / "skylift"
