"""What a person does behind Skylift's back, with the engine's own client."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from typing import Any

from tests.scenarios.cloud import docker, short

CONFIG = "/var/lib/kolla/config_files"


def made_anew(name: str, change: Mapping[str, Any]) -> None:
    """Remove a container and start one with the same name, labels, files and image, but for ``change``.

    ``change``: ``environment`` and ``mounts`` to add, another ``network``, or ``image_of`` another container.
    """
    shown = json.loads(docker("inspect", name))[0]
    image = docker("inspect", "--format", "{{.Image}}", short(change["image_of"])) if "image_of" in change else ""
    arguments = ["--name", name, "--network", change.get("network", shown["HostConfig"]["NetworkMode"])]
    for key, value in shown["Config"]["Labels"].items():
        arguments += ["--label", f"{key}={value}"]
    for variable in [*shown["Config"]["Env"], *change.get("environment", ())]:
        arguments += ["--env", variable]
    for mount in shown["HostConfig"]["Mounts"] or ():
        arguments += ["--mount", f"type={mount['Type']},source={mount.get('Source', '')},target={mount['Target']}"]
    for mount in change.get("mounts", ()):
        arguments += ["--volume", mount]
    with tempfile.TemporaryDirectory() as folder:
        docker("cp", f"{name}:{CONFIG}", folder)
        docker("rm", "--force", name)
        docker("create", *arguments, image or shown["Image"])
        docker("cp", f"{folder}/config_files", f"{name}:/var/lib/kolla")
        docker("start", name)
