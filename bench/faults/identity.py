"""Faults of identity: keys of tokens, service users, the catalogue.

Source: keystone's pages on fernet keys and on the catalogue; who logs in as whom is in ``common/oslo.j2``.
"""

from __future__ import annotations

from typing import Any

from bench.faults.fault import Fault, container
from bench.faults.lab import Lab
from ruamel.yaml import YAML

from skylift.model.secret import Secret
from skylift.openstack.session import accepts

KEYSTONE = f"{container('keystone')}|keystone|token"
KEYS = "/etc/keystone/fernet-keys"
KEPT = "/root/kept-keys"
WRITE = "umask 077; head -c 32 /dev/urandom | base64 | tr +/ -_ >"


def _keys_away(lab: Lab) -> None:
    lab.inside("keystone", "sh", "-c", f"mkdir -p {KEPT} && mv {KEYS}/* {KEPT}/")


def _keys_back(lab: Lab, _: Any) -> None:
    lab.inside("keystone", "sh", "-c", f"mv {KEPT}/* {KEYS}/")


def _keys_unreadable(lab: Lab) -> None:
    lab.inside("keystone", "chown", "-R", "root:root", KEYS)


def _keys_readable(lab: Lab, _: Any) -> None:
    lab.inside("keystone", "chown", "-R", "keystone:keystone", KEYS)


def _keys_replaced(lab: Lab) -> None:
    script = f'for key in {KEYS}/*; do {WRITE}"$key.new"; chown keystone: "$key.new"; mv "$key.new" "$key"; done'
    lab.inside("keystone", "sh", "-c", script)


def _keys_broken(lab: Lab) -> None:
    """Leave of each key what a full disk leaves of a file."""
    _keys_away(lab)
    script = (
        f'for key in {KEPT}/*; do : >"{KEYS}/$(basename $key)"; done; chown -R keystone: {KEYS}; chmod 600 {KEYS}/*'
    )
    lab.inside("keystone", "sh", "-c", script)


def _user(lab: Lab, name: str) -> str:
    return str(lab.first("identity", "/v3/users", "users", name=name)["id"])


def _change_user(name: str, **fields: Any) -> Any:
    def inject(lab: Lab) -> None:
        lab.api.patch("identity", f"/v3/users/{_user(lab, name)}", {"user": fields})

    return inject


def _refused(name: str) -> Any:
    """Return what tells whether keystone refuses the password that a service has."""

    def there(lab: Lab) -> bool:
        text = YAML(typ="safe").load(lab.config / "passwords.yml")[f"{name}_keystone_password"]
        return not accepts(lab.api.credentials, name, Secret(str(text)))

    return there


def _is_disabled(name: str) -> Any:
    def there(lab: Lab) -> bool:
        return not lab.first("identity", "/v3/users", "users", name=name)["enabled"]

    return there


def _delete_user(lab: Lab) -> None:
    lab.api.delete("identity", f"/v3/users/{_user(lab, 'octavia')}")


def _no_user(lab: Lab) -> bool:
    return not lab.api.list("identity", "/v3/users", "users", name="octavia")


def _assignment(lab: Lab, name: str) -> str:
    project = lab.first("identity", "/v3/projects", "projects", name="service")["id"]
    role = lab.first("identity", "/v3/roles", "roles", name="admin")["id"]
    return f"/v3/projects/{project}/users/{_user(lab, name)}/roles/{role}"


def _take_role(lab: Lab) -> None:
    lab.api.delete("identity", _assignment(lab, "placement"))
    lab.api.delete("identity", _assignment(lab, "neutron"))


def _give_role(lab: Lab, _: Any) -> None:
    for name in ("placement", "neutron"):
        lab.api.put("identity", _assignment(lab, name))


def _no_role(lab: Lab) -> bool:
    role = lab.first("identity", "/v3/roles", "roles", name="admin")["id"]
    question = {"user.id": _user(lab, "placement"), "role.id": role}
    return not lab.api.get("identity", "/v3/role_assignments", **question)["role_assignments"]


def _endpoints(lab: Lab, kind: str) -> list[dict[str, Any]]:
    service = lab.first("identity", "/v3/services", "services", type=kind)["id"]
    return lab.api.list("identity", "/v3/endpoints", "endpoints", service_id=service)


def _wrong_port(lab: Lab) -> None:
    for one in _endpoints(lab, "image"):
        url = one["url"].replace(":9292", ":9293")
        lab.api.patch("identity", f"/v3/endpoints/{one['id']}", {"endpoint": {"url": url}})


def _has_wrong_port(lab: Lab) -> bool:
    return any(":9293" in one["url"] for one in _endpoints(lab, "image"))


def _disable_endpoints(lab: Lab) -> None:
    for one in _endpoints(lab, "network"):
        lab.api.patch("identity", f"/v3/endpoints/{one['id']}", {"endpoint": {"enabled": False}})


def _enable_endpoints(lab: Lab, _: Any) -> None:
    for one in _endpoints(lab, "network"):
        lab.api.patch("identity", f"/v3/endpoints/{one['id']}", {"endpoint": {"enabled": True}})


def _has_disabled(lab: Lab) -> bool:
    return not all(one["enabled"] for one in _endpoints(lab, "network"))


def _delete_endpoints(lab: Lab) -> None:
    for one in _endpoints(lab, "placement"):
        lab.api.delete("identity", f"/v3/endpoints/{one['id']}")


def _has_none(lab: Lab) -> bool:
    return not _endpoints(lab, "placement")


def _disable_project(lab: Lab) -> str:
    project = str(lab.first("identity", "/v3/projects", "projects", name="service")["id"])
    lab.api.patch("identity", f"/v3/projects/{project}", {"project": {"enabled": False}})
    return project


def _no_project(lab: Lab) -> bool:
    return not lab.first("identity", "/v3/projects", "projects", name="service")["enabled"]


def _enable_project(lab: Lab, project: Any) -> None:
    lab.api.patch("identity", f"/v3/projects/{project}", {"project": {"enabled": True}})


FAULTS = (
    Fault("token-keys-gone", _keys_away, (KEYSTONE, "key"), _keys_back),
    Fault("token-keys-unreadable", _keys_unreadable, (KEYSTONE, "key"), _keys_readable),
    Fault("token-keys-empty", _keys_broken, (KEYSTONE, "key"), _keys_back),
    Fault("token-keys-replaced", _keys_replaced, (KEYSTONE, "key|token"), heals=True, patience=90),
    Fault(
        "service-user-disabled",
        _change_user("neutron", enabled=False),
        ("neutron", "user|account", "disabled|off"),
        applies=True,
        there=_is_disabled("neutron"),
    ),
    Fault(
        "service-user-password",
        _change_user("placement", password="another"),  # noqa: S106
        ("placement", "password|login|credential"),
        applies=True,
        there=_refused("placement"),
    ),
    Fault("service-user-deleted", _delete_user, ("octavia", "user|account|login"), applies=True, there=_no_user),
    Fault(
        "service-user-role-gone", _take_role, ("placement|neutron", "role"), _give_role, applies=True, there=_no_role
    ),
    Fault(
        "service-project-disabled", _disable_project, ("project", "disabled|off"), _enable_project, there=_no_project
    ),
    Fault(
        "endpoint-wrong-port",
        _wrong_port,
        ("endpoint|catalogue|9293", "image|glance"),
        applies=True,
        there=_has_wrong_port,
    ),
    Fault(
        "endpoint-disabled",
        _disable_endpoints,
        ("endpoint|catalogue", "network|neutron"),
        _enable_endpoints,
        applies=True,
        there=_has_disabled,
    ),
    Fault("endpoint-deleted", _delete_endpoints, ("endpoint|catalogue", "placement"), applies=True, there=_has_none),
)
