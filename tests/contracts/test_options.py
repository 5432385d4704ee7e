"""Every option that a service is given is one that its release knows, and none that it is about to drop."""

from __future__ import annotations

import configparser
import json
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from tests.contracts.fixture import everything

from skylift import services
from skylift.images import Source
from skylift.model.container import ContainerSpec

FOLDER = "/usr/share/skylift/options"
FAMILIES = tuple(service.name for service in services.load() if service.options)
Known = Mapping[str, Mapping[str, bool]]

# Options that are marked for removal and have no successor yet: (section, option) and what would be lost.
TOLERATED = {
    ("ovn", "ovs_create_tap"): "without it nova-compute needs the right to make tap devices",
}


@cache
def known() -> Mapping[str, Known]:
    """Read what the image says its programs know; it was found out when the image was built."""
    files = [f"{FOLDER}/{family}.json" for family in FAMILIES]
    # Each file is one line; grep says which.
    command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "grep", Source().reference("nova-api")]
    done = subprocess.run([*command, "-H", "", *files], capture_output=True, text=True, check=True)
    lines = (line.partition(":") for line in done.stdout.splitlines())
    return {Path(path).stem: json.loads(text) for path, _, text in lines}


def given(family: str) -> Iterator[tuple[str, str, str]]:
    """Yield file, section and option of every oslo.config file that is rendered for a service."""
    for path, text in {(file.path, file.content.reveal()) for spec in _specs(family) for file in spec.files}:
        # Neither Ceph's file nor uWSGI's is one of oslo.config.
        if not path.endswith((".conf", ".ini")) or path.endswith(("-uwsgi.ini", "/common_ceph.conf")):
            continue
        parser = configparser.RawConfigParser(default_section="", strict=False)
        parser.read_string(text)
        # A section of a backend has the name that is chosen for it.
        backends = parser.get("DEFAULT", "enabled_backends", fallback="").replace(":", ",").replace(" ", "").split(",")
        for section in set(parser.sections()) - set(backends):
            for option in parser.options(section):
                yield Path(path).name, section if section == "DEFAULT" else section.lower(), option


def _specs(family: str) -> list[ContainerSpec]:
    return [spec for spec in everything().containers if spec.service == family]


def verdict(options: Known, section: str, option: str) -> str:
    """Return what is wrong with an option, or nothing."""
    if option not in options.get(section, {}):
        return "unknown"
    if options[section][option] and (section, option) not in TOLERATED:
        return "deprecated"
    return ""


@pytest.mark.e2e
@pytest.mark.parametrize("family", FAMILIES)
def test_options_are_known_to_the_release(family: str) -> None:
    options = known()[family]
    wrong = {
        f"{file} [{section}] {option}: {what}"
        for file, section, option in given(family)
        if (what := verdict(options, section, option))
    }
    assert wrong == set()
    assert len(set(given(family))) > 15, "the files were not read"


@pytest.mark.e2e
def test_an_invented_option_is_found() -> None:
    options = known()["nova"]
    assert verdict(options, "DEFAULT", "my_ip") == ""
    assert verdict(options, "DEFAULT", "my_ipp") == "unknown"
    assert verdict(options, "nosuch", "my_ip") == "unknown"


@pytest.mark.parametrize("family", FAMILIES)
def test_no_option_is_given_twice(family: str) -> None:
    for spec in _specs(family):
        for file in spec.files:
            if file.path.endswith((".conf", ".ini")):
                configparser.RawConfigParser(strict=True).read_string(file.content.reveal())
