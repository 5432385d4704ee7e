"""The machine's own package settings: mirrors, proxies, credentials, CA bundle.

They are used while images are built, from files that are mounted for that time, and stay in no image.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path

RELEASE = "trixie"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
TARGETS = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
APT_KEYS = re.compile(r"^Acquire::(https?|ftp|Check-|Proxy|Retries|ForceIPv|Max-|Queue)", re.IGNORECASE)
MACHINE_PATH = re.compile(r"::(CaInfo|CaPath|SslCert|SslKey|Proxy-Auto-Detect|ProxyAutoDetect)\b", re.IGNORECASE)
UV_KEPT = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INSECURE_HOST", "UV_HTTP_TIMEOUT")
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
PIP_FILES = ("/etc/pip.conf", "/etc/xdg/pip/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE")
CA_IN_CONTAINER = "/mnt/machine/ca.crt"


def sources(targets: str) -> str:
    """Return trixie's sources from the machine's: ``targets`` is what ``apt-get indextargets`` printed.

    Lines are ``origin|address|suite|component``. Only Debian's own archives count; a suite keeps its kind
    (``bookworm-security`` becomes ``trixie-security``). Empty when the machine names no Debian archive.
    """
    kinds = {"": "", "updates": "-updates", "security": "-security"}
    lines: list[str] = []
    for line in targets.splitlines():
        origin, address, suite, component = (*line.split("|"), "", "", "", "")[:4]
        _, _, kind = suite.partition("-")
        if origin != "Debian" or component != "main" or kind not in kinds:
            continue
        entry = f"deb [signed-by={KEYRING}] {address} {RELEASE}{kinds[kind]} main"
        if entry not in lines:
            lines.append(entry)
    # Without the plain suite the others are of no use.
    return "\n".join(sorted(lines)) + "\n" if any(f" {RELEASE} main" in line for line in lines) else ""


def apt_settings(dump: str, *, ca: bool) -> str:
    """Return the proxies and limits among the lines of ``apt-config dump``; ``ca`` adds the mounted CA bundle."""
    kept = [line for line in dump.splitlines() if APT_KEYS.match(line) and not line.endswith(' "";')]
    lines = [line for line in kept if not MACHINE_PATH.search(line)]
    if ca:
        lines.append(f'Acquire::https::CaInfo "{CA_IN_CONTAINER}";')
    return "".join(line + "\n" for line in lines)


def python_settings(environment: Mapping[str, str], pip: Mapping[str, str], *, ca: bool) -> dict[str, str]:
    """Return the variables that make uv use the machine's indexes and proxies.

    ``pip`` holds the options of pip's files; pip's variables win over them, and uv's own over both.
    """
    found = {name: environment[name] for name in (*UV_KEPT, *PROXIES) if environment.get(name)}

    def option(name: str) -> str:
        return environment.get("PIP_" + name.upper().replace("-", "_"), "") or pip.get(name, "")

    if "UV_DEFAULT_INDEX" not in found and "UV_INDEX_URL" not in found and (index := option("index-url")):
        found["UV_DEFAULT_INDEX"] = index
    if "UV_INDEX" not in found and (extra := option("extra-index-url")):
        found["UV_INDEX"] = " ".join(extra.split())
    if "UV_INSECURE_HOST" not in found and (trusted := option("trusted-host")):
        found["UV_INSECURE_HOST"] = " ".join(trusted.split())
    if (proxy := option("proxy")) and "https_proxy" not in found and "HTTPS_PROXY" not in found:
        found["https_proxy"] = found["http_proxy"] = proxy
    if ca:
        found["SSL_CERT_FILE"] = CA_IN_CONTAINER
    found["UV_NO_PROGRESS"] = "1"
    return found


def pip_options() -> dict[str, str]:
    """Return the options of pip's configuration files, the user's over the machine's."""
    parser = configparser.RawConfigParser()
    files = [Path(name).expanduser() for name in PIP_FILES]
    if named := os.environ.get("PIP_CONFIG_FILE"):
        files.append(Path(named))
    try:
        parser.read(files, encoding="utf-8")
    except configparser.Error:
        return {}
    return {
        key.replace("_", "-"): value
        for section in ("global", "install")
        if parser.has_section(section)
        for key, value in parser.items(section)
    }


def ca_bundle() -> Path | None:
    """Return the machine's bundle of certificate authorities."""
    names = [os.environ.get(variable, "") for variable in CA_VARIABLES]
    names += [ssl.get_default_verify_paths().cafile or "", "/etc/ssl/certs/ca-certificates.crt"]
    return next((Path(name) for name in names if name and Path(name).is_file()), None)


def write(folder: Path) -> None:
    """Write ``sources.list``, ``apt.conf``, ``auth.conf``, ``env`` and ``ca.crt`` into ``folder``."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if bundle := ca_bundle():
        shutil.copyfile(bundle, folder / "ca.crt")
    settings = python_settings(os.environ, pip_options(), ca=bundle is not None)
    files = {
        "sources.list": _sources(),
        "apt.conf": apt_settings(_output("apt-config", "dump", "Acquire"), ca=bundle is not None),
        "auth.conf": "".join(_readable(path) for path in (Path("/etc/apt/auth.conf"), *_auth_parts())),
        "env": "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items()),
    }
    for name, text in files.items():
        path = folder / name
        path.touch(mode=0o600 if name in ("auth.conf", "env") else 0o644)
        path.write_text(text, encoding="utf-8")


def _sources() -> str:
    command = ("apt-get", "indextargets", "--format", TARGETS, "Created-By: Packages")
    if found := sources(_output(*command)):
        return found
    # A fresh machine has no package lists, and only these say which archive is Debian's.
    _output("apt-get", "-q", "update")
    return sources(_output(*command))


def _auth_parts() -> list[Path]:
    return sorted(Path("/etc/apt/auth.conf.d").glob("*.conf"))


def _readable(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\n") + "\n"
    except OSError:
        return ""


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
