"""docs/settings.md, made from the models: every key, its default and what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from skylift.model.service import Service
from skylift.settings.keys import ENVIRONMENT, SECTIONS

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_HEAD = """\
# Settings

`globals.yml` in the configuration folder (`--config DIR`, else `SKYLIFT_CONFIG`, else `/etc/skylift` for root and the
user's configuration folder for others). The names are Kolla-Ansible's wherever it has one; names that begin with
`skylift_` are Skylift's own. An empty file is a complete configuration. A name that is unknown is an error; one of
Kolla-Ansible's that Skylift does not support yet is named in a warning and has no effect. `skylift set KEY VALUE` and
`skylift enable NAME` edit the file, keep its comments and carry out what follows.

Passwords are in `passwords.yml` beside it, under Kolla-Ansible's names. Those that are missing or empty are generated;
what is there is kept. `skylift rotate NAME` replaces them everywhere. The password at a registry is
`docker_registry_password`.

This page is generated: `python scripts/gen_settings.py`.
"""


def page(declarations: Sequence[Service]) -> str:
    """Return the page as Markdown; ``declarations`` name the ``enable_*`` keys."""
    parts = [_HEAD]
    for section in SECTIONS:
        parts.append(f"## {section.__doc__}\n")
        parts += [_TABLE, *(_row(key, info) for key, info in section.model_fields.items()), ""]
    parts += ["## Services\n", _TABLE, *_switches(declarations), ""]
    names = ", ".join(f"`{name}`" for name in ENVIRONMENT)
    parts.append(f"These are also read from the environment, where `globals.yml` does not set them: {names}.\n")
    return "\n".join(parts)


_TABLE = "| key | default | values | |\n|---|---|---|---|"


def _row(key: str, info: FieldInfo) -> str:
    extra = info.json_schema_extra
    follows = extra.get("follows") if isinstance(extra, dict) else None
    default = f"as `{follows}`" if follows else _default(info.default)
    return f"| `{key}` | {default} | {_values(info)} | {info.description} |"


def _default(value: Any) -> str:
    if value is None or value == "" or value == ():
        return ""
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    return f"`{', '.join(map(str, value))}`" if isinstance(value, tuple) else f"`{value}`"


def _values(info: FieldInfo) -> str:
    if get_origin(info.annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(info.annotation))
    if info.annotation in (bool, bool | None):
        return "`yes`, `no`"
    bounds = {name: value for one in info.metadata for name in ("ge", "le") if (value := getattr(one, name, None))}
    if bounds:
        return f"{bounds.get('ge', 0)} to {bounds.get('le', '')}"
    extra = info.json_schema_extra
    rule = str(extra.get("rule", "")) if isinstance(extra, dict) else ""
    if not rule:
        kind = str(info.annotation)
        return next((words for name, words in _WORDS.items() if name in kind), "text")
    return rule.removeprefix("must be ")


_WORDS = {
    "AddressRange": "`A-B` or `start=A,end=B`",
    "tuple": "IPv4 addresses, as a list or with commas",
    "IPv4Network": "IPv4 network",
    "IPv4Address": "IPv4 address",
}


def _switches(declarations: Sequence[Service]) -> Iterator[str]:
    for service in sorted(declarations, key=lambda service: service.enabled_by):
        if service.enabled_by:
            default = _default(service.enabled_default)
            yield f"| `{service.enabled_by}` | {default} | `yes`, `no` | {service.title}: {service.name}. |"
