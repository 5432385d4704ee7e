"""Leave the administrator's credentials in the configuration folder, and take them away with the cloud."""

from __future__ import annotations

from pathlib import Path

from skylift.app import access
from skylift.app.workspace import Workspace
from skylift.model.cloud import Cloud


def write_credentials(workspace: Workspace, cloud: Cloud) -> Path:
    """Write clouds.yaml and admin-openrc.sh (mode 0600) and return the path of clouds.yaml."""
    return access.write(workspace.folder, workspace.cloud_name, workspace.credentials(cloud.api_address)).clouds


def remove_credentials(workspace: Workspace) -> None:
    """Remove what :func:`write_credentials` wrote; nothing happens when it is not there."""
    for name in (access.CLOUDS, access.OPENRC):
        (workspace.folder / name).unlink(missing_ok=True)
