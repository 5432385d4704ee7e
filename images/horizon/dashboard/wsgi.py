"""Horizon for uWSGI. Where the image has no static files for this set of dashboards, they are made first."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "openstack_dashboard.settings"

from django.conf import settings
from django.core.wsgi import get_wsgi_application

Listing = Callable[[Any], tuple[list[Any], str | None]]
"""Takes a request, returns what can be chosen and an error."""


def make() -> subprocess.Popen[bytes] | None:
    """Begin to make the static files, in a process of its own: the compiler's memory is not needed again."""
    if (Path(settings.STATIC_ROOT) / "complete").exists():
        return None
    print("making the static files of this set of dashboards")  # noqa: T201
    # Under uWSGI, sys.executable is no Python.
    return subprocess.Popen(["python3", "-W", "ignore", str(Path(__file__).with_name("assets.py"))])


def mend() -> None:
    """Let nothing be done in parallel: Horizon 27 answers 500 where an image has no metadata definitions to fetch.

    What is done in parallel ends when the last thread does, and idle ones look only once a second whether they should:
    half of the pages took a second longer.
    """
    from futurist import _thread
    from openstack_dashboard.utils import futurist_utils

    _thread.ThreadWorker.MAX_IDLE_FOR = 0.01

    parallel = futurist_utils.call_functions_parallel
    futurist_utils.call_functions_parallel = lambda *functions: parallel(*functions) if functions else ()


def ask_for_volumes_where_there_are_some() -> None:
    """Let the template editor offer no volumes where nobody keeps any: it complained of the missing service."""
    from heat_dashboard.content.template_generator import api as editor
    from openstack_dashboard.api import cinder

    def where_there_are(listed: Listing) -> Listing:
        return lambda request: listed(request) if cinder.is_volume_service_enabled(request) else ([], None)

    for name in ("get_volume_ids", "get_volume_snapshots", "get_volume_types", "get_volume_backups"):
        setattr(editor, name, where_there_are(getattr(editor, name)))


making = make()
application = get_wsgi_application()
mend()
if "heat_dashboard" in settings.INSTALLED_APPS:
    ask_for_volumes_where_there_are_some()
if making is not None and making.wait() != 0:
    raise SystemExit("the static files could not be made")
