"""One cloud for all scenarios of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.cloud import Cloud
from tests.scenarios.host_snapshot import Snapshot, snapshot


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The cloud of the scenarios; what an interrupted run left of it is removed first, and it is at the end."""
    cloud = Cloud(tmp_path_factory.mktemp("scenario"))
    cloud.settings()
    cloud.ok("down", "--yes")
    yield cloud
    cloud.settings()
    cloud.run("down", "--yes")


@pytest.fixture(scope="session")
def host_before(cloud: Cloud) -> Snapshot:
    """The host before the cloud, with the images there: building them is no trace."""
    cloud.ok("images", "build")
    return host()


@pytest.fixture(scope="module")
def running(cloud: Cloud, host_before: Snapshot) -> None:
    """The cloud of the scenarios runs, whichever of them are chosen."""
    cloud.settings()
    cloud.ok("up", "--no-verify")


def host() -> Snapshot:
    """Read the host. In /tmp other programs come and go: there, what has our name counts. So do people's shells."""
    return snapshot(ignore=(r"^/tmp/(?!.*skylift)", r"^-?(ba|da|z)?sh( |$)"))


@pytest.fixture(scope="session", autouse=True)
def images(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The images are there: on a machine that never had them this builds them (minutes); else it takes a second."""
    builder = Cloud(tmp_path_factory.mktemp("images"))
    builder.settings()
    builder.ok("images", "build")
