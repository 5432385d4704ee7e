import pytest

from skylift.images.machine import apt_settings, python_settings, sources

TARGETS = """\
Debian|http://mirror.example/debian-security/|bookworm-security|main
Debian|http://mirror.example/debian/|bookworm-updates|main
Debian|http://mirror.example/debian/|bookworm|main
Debian|http://mirror.example/debian/|bookworm|contrib
Debian Backports|http://mirror.example/debian/|bookworm-backports|main
Example|https://packages.example/apt/|bookworm|main
|http://unread.example/debian/|bookworm|main
"""


def test_only_debians_own_archives_are_taken_and_their_suites_translated() -> None:
    lines = sources(TARGETS).splitlines()
    assert [line.split("] ")[1] for line in lines] == [
        "http://mirror.example/debian-security/ trixie-security main",
        "http://mirror.example/debian/ trixie main",
        "http://mirror.example/debian/ trixie-updates main",
    ]
    assert all("signed-by=" in line for line in lines)


@pytest.mark.parametrize("targets", ["", "Ubuntu|http://mirror.example/ubuntu/|noble|main\n", TARGETS.splitlines()[0]])
def test_a_machine_without_debians_archive_gives_no_sources(targets: str) -> None:
    assert sources(targets) == ""


def test_proxies_and_limits_are_taken_and_machine_paths_are_not() -> None:
    dump = """\
Acquire "";
Acquire::http "";
Acquire::http::Proxy "http://proxy.example:3128/";
Acquire::https::CaInfo "/etc/somewhere/ca.pem";
Acquire::https::Verify-Peer "true";
Acquire::Check-Valid-Until "false";
Acquire::IndexTargets::deb::Packages "";
Acquire::Languages "en";
"""
    assert apt_settings(dump, ca=True).splitlines() == [
        'Acquire::http::Proxy "http://proxy.example:3128/";',
        'Acquire::https::Verify-Peer "true";',
        'Acquire::Check-Valid-Until "false";',
        'Acquire::https::CaInfo "/mnt/machine/ca.crt";',
    ]
    assert "CaInfo" not in apt_settings(dump, ca=False)


def test_pips_settings_become_uvs() -> None:
    settings = python_settings(
        {"PIP_EXTRA_INDEX_URL": "https://two.example/simple", "HTTPS_PROXY": "http://proxy.example"},
        {
            "index-url": "https://one.example/simple",
            "extra-index-url": "ignored",
            "trusted-host": "a.example\nb.example",
        },
        ca=True,
    )
    assert settings["UV_DEFAULT_INDEX"] == "https://one.example/simple"
    assert settings["UV_INDEX"] == "https://two.example/simple"
    assert settings["UV_INSECURE_HOST"] == "a.example b.example"
    assert settings["HTTPS_PROXY"] == "http://proxy.example"
    assert settings["SSL_CERT_FILE"] == "/mnt/machine/ca.crt"


def test_uvs_own_settings_win() -> None:
    settings = python_settings(
        {"UV_DEFAULT_INDEX": "https://uv.example"}, {"index-url": "https://pip.example"}, ca=False
    )
    assert settings["UV_DEFAULT_INDEX"] == "https://uv.example"
    assert "SSL_CERT_FILE" not in settings
