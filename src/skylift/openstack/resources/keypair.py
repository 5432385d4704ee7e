"""Key pairs: the public half is given to Nova. Guests keep the key they were started with."""

from __future__ import annotations

from skylift.model.desired import Resource
from skylift.openstack.client import Api
from skylift.openstack.resources.kind import Item, Kind, Values, World


def _list(api: Api) -> list[Item]:
    # A key pair has no id of its own: its name is unique for the user.
    return [pair["keypair"] for pair in api.list("compute", "/os-keypairs", "keypairs")]


def _describe(item: Item, resource: Resource, _: World) -> Values:
    return {"public_key": _bare(item["public_key"])} if "public_key" in resource.values else {}


def _create(api: Api, resource: Resource, _: World) -> str:
    body = {"name": resource.name, "type": "ssh", "public_key": resource.values["public_key"]}
    api.post("compute", "/os-keypairs", {"keypair": body})
    return "created"


def _correct(api: Api, resource: Resource, _: Item, __: Values, world: World) -> str:
    api.delete("compute", f"/os-keypairs/{resource.name}")
    _create(api, resource, world)
    return "replaced: the public key differed"


def _bare(key: str) -> str:
    """Return type and key without the comment behind them."""
    return " ".join(key.split()[:2])


KIND = Kind("keypair", _list, _describe, _create, _correct)
