"""What a run hands to the journal about the cloud it leads to: enough to compare two runs, and to go back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skylift.app.workspace import Workspace
from skylift.model.desired import Desired

if TYPE_CHECKING:
    pass


def desired_document(workspace: Workspace, desired: Desired) -> dict[str, Any]:
    """Return the JSON form documented in docs/journal.md (desired.json.gz), not yet masked.

    A text that several containers have is kept once: containers name it by its digest.
    """
    settings, on = workspace.settings, {service.name for service in workspace.enabled}
    texts = {file.digest: file.content.reveal() for spec in desired.containers for file in spec.files}
    names = [*type(settings.keys).model_fields, *settings.enabled]
    return {
        "cloud": desired.cloud.name,
        "release": desired.cloud.release,
        "settings": {name: _text(getattr(settings, name)) for name in sorted(names)},
        "services": {service.name: service.name in on for service in workspace.declared},
        "networks": {network.purpose: str(network.subnet) for network in desired.cloud.networks},
        "nodes": {node.name: str(node.internal) for node in desired.cloud.nodes},
        "volumes": list(desired.volumes),
        "data_volumes": sorted(desired.data_volumes),
        "resources": {resource.id: dict(resource.values) for resource in desired.resources},
        "containers": {
            spec.name: {
                "short": spec.short,
                "service": spec.service,
                "node": spec.node,
                "job": spec.job,
                "image": spec.image,
                "image_id": spec.image_id,
                "digest": spec.digest,
                "files": {file.path: {"mode": f"{file.mode:04o}", "text": file.digest} for file in spec.files},
            }
            for spec in desired.containers
        },
        "texts": texts,
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
