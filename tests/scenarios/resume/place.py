"""The cloud that is deployed again and again: one name, the same subnets and passwords, so that ends are comparable."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.scenarios.cloud import Cloud

NAME = "resume"
API_ADDRESS = "172.27.0.128"
LABEL = f"io.skylift.cloud={NAME}"
SETTINGS = f"""skylift_cloud_name: {NAME}
skylift_internal_cidr: 172.27.0.0/24
skylift_external_cidr: 172.27.1.0/24
skylift_tunnel_cidr: 172.27.2.0/24
"""


class Place(Cloud):
    """A configuration folder for the cloud ``resume``; passwords are made by its first run and stay."""

    def settings(self, text: str = "") -> None:
        """Write globals.yml: the cloud's name and subnets, and ``text``."""
        self.config.mkdir(parents=True, exist_ok=True)
        (self.config / "globals.yml").write_text(SETTINGS + text)


def prepared(folder: Path) -> Place:
    """Return the place with nothing deployed; what an interrupted run left is removed."""
    place = Place(folder)
    place.settings()
    place.ok("down", "--yes")
    return place


def full_name(short: str) -> str:
    """Return the engine's name of a container or volume of the cloud's one node."""
    return f"{NAME}-node1-{short}"


def docker(*arguments: str, text: str | None = None, check: bool = True) -> str:
    """Run the engine's own client: an observer that shares no code with Skylift."""
    done = subprocess.run(
        ["docker", *arguments], input=text, text=True, capture_output=True, check=False, timeout=120, errors="replace"
    )
    if check and done.returncode:
        raise AssertionError(f"docker {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def names() -> list[str]:
    """Return the names of the cloud's containers, also of those that do not run."""
    return sorted(docker("ps", "-a", "--filter", f"label={LABEL}", "--format", "{{.Names}}").split())
