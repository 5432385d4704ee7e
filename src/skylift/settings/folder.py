"""Where the settings are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def config_dir(option: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of globals.yml and passwords.yml; it need not exist.

    The first of: ``option`` (``--config``), SKYLIFT_CONFIG, /etc/skylift for root, the user's configuration folder.
    """
    if option is not None:
        return option.expanduser().absolute()
    if environ.get("SKYLIFT_CONFIG"):
        return Path(environ["SKYLIFT_CONFIG"]).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/etc/skylift")
    import platformdirs

    return platformdirs.user_config_path("skylift")
