"""Make the static files of one set of dashboards.

    python assets.py           for the container's settings
    python assets.py A,B|-     for these dashboards alone, in the folder SKYLIFT_ASSETS: while images are built

Files of packages are linked, compiled ones written, and all of them appear at once under their final name.
"""

import gzip
import os
import re
import shutil
import sys
from pathlib import Path

NAMED = re.compile(r"""url\(\s*['"]?([^'")?#]+)""")


def missing(folder: Path, url: str) -> list[str]:
    """Return the addresses that compiled style sheets name and nothing in ``folder`` answers to."""
    sheets = (path.read_text(encoding="utf-8") for path in (folder / "dashboard").rglob("output.*.css"))
    named = {name for sheet in sheets for name in NAMED.findall(sheet) if not name.startswith("data:")}
    return sorted(name for name in named if not (folder / name.removeprefix(url)).exists())


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
    # Where the default theme's style sheet looks for the signs that come with Bootstrap.
    fonts = part / "bootstrap" / "fonts"
    fonts.parent.mkdir(exist_ok=True)
    fonts.symlink_to("../horizon/lib/bootstrap_scss/fonts")
    call_command("compress", force=True, verbosity=0)
    if lost := missing(part, settings.STATIC_URL):
        raise SystemExit("style sheets name files that are not there: " + ", ".join(lost))
    for path in sorted((part / "dashboard").rglob("output.*")):
        packed = path.with_name(path.name + ".gz")
        packed.write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))
    (part / "complete").touch()
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)


if __name__ == "__main__":
    main()
