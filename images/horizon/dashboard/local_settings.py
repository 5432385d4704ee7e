"""Horizon's settings in a container: those of the enabled dashboards, then those of /etc/openstack-dashboard.

``dashboards.json`` there lists the modules of the dashboards that are added to Horizon's own. Beside what Horizon does
with the files of ``local_settings.d``: a fault in one is an error, not a line in the log and a setting that is ignored.

The static files of a set of dashboards have a folder and a URL of their own, named by a hash over all that they are
made from. So neither a page nor a browser's cache can ever mix those of two sets.
"""

import hashlib
import importlib.util
import json
import os
import sys
from pathlib import Path

__all__: list[str] = []

FOLDER = Path("/etc/openstack-dashboard")
# Those made with the image, and those that the container makes when the image has not got its set.
PLACES = (Path("/usr/share/skylift/dashboard/static"), Path("/var/lib/horizon/static"))
# What pages and style sheets are made from, beside the dashboards.
COUNTED = (
    "ADD_INSTALLED_APPS",
    "AVAILABLE_THEMES",
    "COMPRESS_CSS_HASHING_METHOD",
    "COMPRESS_FILTERS",
    "COMPRESS_PRECOMPILERS",
    "DEFAULT_THEME",
    "HORIZON_CONFIG",
    "NG_TEMPLATE_CACHE_AGE",
    "SELECTABLE_THEMES",
    "STATICFILES_DIRS",
    "THEME_COLLECTION_DIR",
    "WEBROOT",
)
PACKAGES = ("horizon-", "django", "libsass-", "rjsmin-", "rcssmin-", "xstatic")


def dashboards() -> list[str]:
    """Return the modules of the dashboards to add: of SKYLIFT_DASHBOARDS while images are built, else of the file."""
    given = os.environ.get("SKYLIFT_DASHBOARDS")
    if given is not None:
        return [name for name in given.split(",") if name != "-"]
    listed = FOLDER / "dashboards.json"
    return list(json.loads(listed.read_text())) if listed.exists() else []


def run(path: Path, settings: dict[str, object]) -> None:
    """Execute a file of settings among those that were made before it."""
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), settings)  # noqa: S102


def add(module: str, settings: dict[str, object]) -> None:
    """Let Horizon find what a dashboard's module enables, and take its settings."""
    found = importlib.util.find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"the dashboard {module} is not in this image")
    folder = Path(found.submodule_search_locations[0])
    enabled = sys.modules["openstack_dashboard.local.enabled"]
    enabled.__path__.append(str(folder / "enabled"))
    for path in sorted((folder / "local_settings.d").glob("*.py")):
        run(path, settings)


def named(other: object) -> str:
    """Return a class's or a kind's name: texts to be translated cannot be read yet, and are in no static file."""
    return str(getattr(other, "__qualname__", type(other).__qualname__))


def digest(modules: list[str], settings: dict[str, object]) -> str:
    """Return the first 16 hex digits of a SHA-256 over what the static files are made from."""
    site = Path(sys.modules["openstack_dashboard"].__path__[0]).parent
    wanted = (*PACKAGES, *(f"{module}-" for module in modules))
    installed = (path.name for path in site.glob("*.dist-info"))
    packages = sorted(name for name in installed if name.lower().startswith(wanted))
    counted = {name: settings.get(name) for name in COUNTED}
    text = json.dumps([sorted(modules), packages, counted], sort_keys=True, default=named)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fill(settings: dict[str, object]) -> None:
    """Complete Horizon's settings, which are being made."""
    modules = dashboards()
    for module in modules:
        add(module, settings)
    # Dashboards name their rules and seldom their defaults.
    rules, defaults = settings["POLICY_FILES"], settings["DEFAULT_POLICY_FILES"]
    for kind, name in rules.items():  # type: ignore[attr-defined]
        defaults.setdefault(kind, "default_policies/" + name.replace("_policy", ""))  # type: ignore[attr-defined]
    settings.update(COMPRESS_OFFLINE=True, POLICY_FILES_PATH=str(FOLDER), LOCAL_PATH="/var/lib/horizon")
    for path in sorted((FOLDER / "local_settings.d").glob("*.py")):
        run(path, settings)
    # Horizon keeps a part of its pages in a cache. In one that outlives this container, a later one with other
    # dashboards would find it, and every page would fail.
    pages = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings["CACHES"]["template_fragments"] = pages  # type: ignore[index]
    settings["COMPRESS_CACHE_BACKEND"] = "template_fragments"
    name = digest(modules, settings)
    place = next((place for place in PLACES if (place / name / "complete").exists()), PLACES[-1])
    settings["STATIC_ROOT"] = str(place / name)
    settings["STATIC_URL"] = f"{str(settings['WEBROOT']).rstrip('/')}/static/{name}/"


fill(vars(sys.modules["openstack_dashboard.settings"]))
