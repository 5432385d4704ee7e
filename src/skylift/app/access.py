"""How the cloud's administrator gets in: clouds.yaml and openrc in the configuration folder, the official client."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from skylift.model.problem import Problem
from skylift.model.secret import Secret
from skylift.openstack.client import Credentials

CLOUDS, OPENRC = "clouds.yaml", "admin-openrc.sh"
_HEADER = "# Written by Skylift: the next 'skylift up' writes it anew. It holds a password, keep it to yourself.\n"
# Any of these in the environment would win over clouds.yaml.
_IDENTITY = ("AUTH", "USER", "PASSWORD", "PROJECT", "TENANT", "DOMAIN", "TOKEN", "SYSTEM", "TRUST",
             "REGION", "INTERFACE", "ENDPOINT", "CLOUD", "CLIENT_CONFIG", "IDENTITY", "CACERT", "INSECURE")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Access:
    """Where the credentials are. ``cloud`` is the entry in ``clouds``."""

    cloud: str
    auth_url: str
    clouds: Path
    openrc: Path

    def as_dict(self) -> dict[str, str]:
        """Return the JSON form; no secret is in it."""
        return {
            "cloud": self.cloud,
            "auth_url": self.auth_url,
            "clouds_yaml": str(self.clouds),
            "openrc": str(self.openrc),
        }


def write(folder: Path, cloud: str, credentials: Credentials) -> Access:
    """Write both files (mode 0600) where they differ, and return where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    access = Access(cloud, f"{credentials.keystone}/v3", folder / CLOUDS, folder / OPENRC)
    _replace(access.clouds, _clouds_yaml(access, credentials))
    _replace(access.openrc, _openrc(access, credentials))
    return access


def password(folder: Path) -> Secret | None:
    """Return the password in the credentials that ``write`` left in ``folder``, None where there are none."""
    import json

    try:
        lines = (folder / CLOUDS).read_text(encoding="utf-8").splitlines()
        return next(
            Secret(json.loads(line.partition(":")[2])) for line in lines if line.strip().startswith("password:")
        )
    except (OSError, ValueError, StopIteration):
        return None


def remove(folder: Path) -> None:
    """Remove both files: there is no cloud any more that they lead to."""
    for name in (CLOUDS, OPENRC):
        (folder / name).unlink(missing_ok=True)


def find(folder: Path) -> Access:
    """Return the access that ``write`` left in ``folder``. Raises Problem ``no-credentials``."""
    import json

    path = folder / CLOUDS
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Problem(
            code="no-credentials",
            summary="There are no credentials yet",
            detail=f"{path} is written when the cloud comes up.",
            fix="skylift up",
            where=str(path),
        ) from None
    except PermissionError:
        raise Problem(
            code="credentials-unreadable",
            summary="The credentials may not be read by this user",
            detail=f"{path} belongs to the user who brought the cloud up.",
            fix=f"Run the command as that user, or: sudo cat {path}",
            where=str(path),
        ) from None
    cloud, url = "", ""
    for line in text.splitlines():
        if line.startswith("  ") and not line.startswith("   ") and not cloud:
            cloud = line.strip().removesuffix(":").strip('"')
        elif line.strip().startswith("auth_url:"):
            url = str(json.loads(line.partition(":")[2]))
    return Access(cloud, url, path, folder / OPENRC)


def client(access: Access, arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the command line of the official client and its environment. Neither holds a secret.

    Raises Problem ``client-missing``.
    """
    program = Path(sys.executable).with_name("openstack")
    if not program.exists():
        raise Problem(
            code="client-missing",
            summary="The OpenStack client is not installed beside Skylift",
            detail=f"{program} does not exist.",
            fix="make up   (installs what requirements.lock names)",
            where=str(program),
        )
    kept = {name: value for name, value in environ.items() if not _identity(name)}
    kept |= exports(access)
    # The cloud is on this machine: a proxy of the environment cannot reach it.
    host = urlsplit(access.auth_url).hostname or ""
    for name in ("no_proxy", "NO_PROXY"):
        kept[name] = ",".join(filter(None, (environ.get(name, ""), host)))
    return [str(program), *arguments], kept


def exports(access: Access) -> dict[str, str]:
    """Return the variables by which OpenStack's tools find the credentials."""
    return {"OS_CLIENT_CONFIG_FILE": str(access.clouds), "OS_CLOUD": access.cloud}


def _identity(name: str) -> bool:
    return name.startswith("OS_") and name[3:].startswith(_IDENTITY)


def _clouds_yaml(access: Access, credentials: Credentials) -> str:
    return (
        f"{_HEADER}clouds:\n  {access.cloud}:\n    auth:\n"
        f"      auth_url: {_quoted(access.auth_url)}\n"
        f"      username: {_quoted(credentials.username)}\n"
        f"      password: {_quoted(credentials.password.reveal())}\n"
        f"      project_name: {_quoted(credentials.project_name)}\n"
        f"      user_domain_name: {_quoted(credentials.user_domain_name)}\n"
        f"      project_domain_name: {_quoted(credentials.project_domain_name)}\n"
        f"    region_name: {_quoted(credentials.region_name)}\n"
        f"    interface: {_quoted(credentials.interface)}\n"
        "    identity_api_version: 3\n"
    )


def _openrc(access: Access, credentials: Credentials) -> str:
    import shlex

    values = {
        "OS_AUTH_URL": access.auth_url,
        "OS_USERNAME": credentials.username,
        "OS_PASSWORD": credentials.password.reveal(),
        "OS_PROJECT_NAME": credentials.project_name,
        "OS_USER_DOMAIN_NAME": credentials.user_domain_name,
        "OS_PROJECT_DOMAIN_NAME": credentials.project_domain_name,
        "OS_REGION_NAME": credentials.region_name,
        "OS_INTERFACE": credentials.interface,
        "OS_ENDPOINT_TYPE": f"{credentials.interface}URL",
        "OS_IDENTITY_API_VERSION": "3",
        "OS_AUTH_PLUGIN": "password",
    }
    return _HEADER + "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def _quoted(text: str) -> str:
    """Return text as a YAML double-quoted scalar; JSON's strings are one, but for its escapes of rare characters."""
    import json

    return json.dumps(text, ensure_ascii=False)


def _replace(path: Path, text: str) -> None:
    """Write a file of mode 0600 in one step; leave it alone when it is so already."""
    try:
        if path.read_text(encoding="utf-8") == text and path.stat().st_mode & 0o777 == 0o600:
            return
    except FileNotFoundError:
        pass
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
