"""Make the static files of one set of dashboards.

    python assets.py           for the container's settings
    python assets.py A,B|-     for these dashboards alone, in the folder SKYLIFT_ASSETS: while images are built

Files of packages are linked, compiled ones written, and all of them appear at once under their final name.
"""

import gzip
import os
import shutil
import sys
from pathlib import Path


def main() -> None:
    """Link, compile, compress; then give the folder its name."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "openstack_dashboard.settings"
    if len(sys.argv) > 1:
        os.environ["SKYLIFT_DASHBOARDS"] = sys.argv[1]
    import django
    from django.conf import settings
    from django.core.management import call_command

    name = Path(settings.STATIC_ROOT).name
    target = Path(os.environ.get("SKYLIFT_ASSETS") or Path(settings.STATIC_ROOT).parent) / name
    part = target.with_name(f".{name}.{os.getpid()}")
    settings.STATIC_ROOT = settings.COMPRESS_ROOT = str(part)
    django.setup()
    call_command("collectstatic", interactive=False, link=True, verbosity=0)
    call_command("compress", force=True, verbosity=0)
    for path in sorted((part / "dashboard").rglob("output.*")):
        packed = path.with_name(path.name + ".gz")
        packed.write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))
    (part / "complete").touch()
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)


if __name__ == "__main__":
    main()
