"""Remove everything that bears the name ``skylift-verify``, whoever made it: this run, or one that was cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from skylift.model.problem import Problem
from skylift.openstack.errors import ApiProblem
from skylift.openstack.proofs.bench import PREFIX, Bench
from skylift.openstack.proofs.proof import Unproven, load

_TRIES = 4
_BALANCERS = "/v2.0/lbaas/loadbalancers"


async def remove_all(bench: Bench) -> str:
    """Remove, in an order that the APIs accept, and return what was there in words.

    Network and security group go last, as they are looked for to know whether anything is left.
    Raises Unproven with everything that could not be removed.
    """
    failures: list[str] = []
    # What services made of others' parts takes these with it.
    own = {proof.name: proof.clean for proof in load() if proof.clean and proof.service in bench.services}
    first = await _stage(bench, failures, **own)

    async def way_out() -> list[str]:
        # The provider of load balancers follows what changes at routers: it is to be done with them first.
        removed = await _stage(bench, failures, balancer=_balancers, floating_ip=_floating_ips)
        return removed + await _stage(bench, failures, router=_routers)

    ways, rest = await asyncio.gather(way_out(), _stage(bench, failures, guest=_guests, image=_images, key=_keys))
    # What was attached to guests until these went.
    freed = {proof.name: proof.sweep for proof in load() if proof.sweep and proof.service in bench.services}
    removed = first + rest + ways + await _stage(bench, failures, **freed)
    removed += await _stage(bench, failures, network=_networks)
    # What is left must be found again.
    removed += [] if failures else await _stage(bench, failures, group=_groups)
    if failures:
        raise Unproven("everything that verify made to be removed", f"{len(failures)} left", tuple(failures))
    return ", ".join(removed) or "nothing was there"


async def _stage(bench: Bench, failures: list[str], **kinds: Callable[[Bench], Awaitable[int]]) -> list[str]:
    """Remove several kinds side by side. A failure is noted, and what does not depend on it goes on."""
    results = await asyncio.gather(*(remove(bench) for remove in kinds.values()), return_exceptions=True)
    removed = []
    for kind, result in zip(kinds, results, strict=True):
        if isinstance(result, Problem):
            failures.append(f"{kind}: {result.detail or result.summary}")
        elif isinstance(result, Unproven):
            failures.append(f"{kind}: {result}")
        elif isinstance(result, BaseException):
            raise result
        elif result:
            removed.append(f"{result} {kind}{'s' if result > 1 else ''}".replace("_", " "))
    return removed


async def _each(items: Iterable[dict[str, Any]], remove: Callable[[str], Awaitable[None]]) -> int:
    """Remove the items side by side and return their number. Raises ApiProblem when one is refused again and again."""

    async def insist(one: str) -> None:
        for _ in range(_TRIES - 1):
            try:
                return await remove(one)
            except ApiProblem as problem:
                # What was cut off may still be changing (409), and databases undo one of two changes at once (500).
                if problem.status != 409 and problem.status < 500:
                    raise
                await asyncio.sleep(1.0)
        return await remove(one)

    ids = [str(item["id"]) for item in items]
    await asyncio.gather(*(insist(one) for one in ids))
    return len(ids)


async def _balancers(bench: Bench) -> int:
    if not bench.ctx.api.has("load-balancer"):
        return 0
    found = await bench.list("load-balancer", _BALANCERS, "loadbalancers", name=PREFIX)

    async def remove(one: str) -> None:
        async def deletable() -> tuple[bool | None, str]:
            # While it changes, Octavia refuses everything else.
            state = [item for item in await _listed() if item["id"] == one]
            status = state[0]["provisioning_status"] if state else "gone"
            return (True if status in ("ACTIVE", "ERROR", "gone") else None), status

        await bench.until("the load balancer to be at rest", deletable, seconds=60)
        await bench.delete("load-balancer", f"{_BALANCERS}/{one}", cascade="true")

    async def _listed() -> list[dict[str, Any]]:
        return await bench.list("load-balancer", _BALANCERS, "loadbalancers", name=PREFIX)

    async def gone() -> tuple[bool | None, str]:
        left = await _listed()
        failed = [item["id"] for item in left if item["provisioning_status"] == "ERROR"]
        if failed:
            raise Unproven("the load balancer to be removed", "Octavia says ERROR; see: skylift logs octavia")
        return (True if not left else None), ", ".join(str(item["provisioning_status"]) for item in left)

    count = await _each(found, remove)
    if count:
        await bench.until("the load balancer to be removed", gone, seconds=60)
    return count


async def _guests(bench: Bench) -> int:
    async def listed() -> list[dict[str, Any]]:
        return await bench.list("compute", "/servers/detail", "servers", name=f"^{PREFIX}")

    async def gone() -> tuple[bool | None, str]:
        left = await listed()
        return (True if not left else None), ", ".join(f"{item['name']} {item['status']}" for item in left)

    count = await _each(await listed(), lambda one: bench.delete("compute", f"/servers/{one}"))
    if count:
        await bench.until("the guests to be removed", gone, seconds=90)
    return count


async def _images(bench: Bench) -> int:
    found = await bench.list("image", "/v2/images", "images", name=f"{PREFIX}-image")
    return await _each(found, lambda one: bench.delete("image", f"/v2/images/{one}"))


async def _keys(bench: Bench) -> int:
    await bench.delete("compute", f"/os-keypairs/{PREFIX}")
    return 0


async def _floating_ips(bench: Bench) -> int:
    found = await bench.list("network", "/v2.0/floatingips", "floatingips", description=PREFIX, fields="id")
    return await _each(found, lambda one: bench.delete("network", f"/v2.0/floatingips/{one}"))


async def _routers(bench: Bench) -> int:
    found = await bench.list("network", "/v2.0/routers", "routers", name=PREFIX, fields="id")

    async def remove(one: str) -> None:
        ports = await bench.list("network", "/v2.0/ports", "ports", device_id=one)
        for port in ports:
            if port["device_owner"] == "network:router_interface":
                path = f"/v2.0/routers/{one}/remove_router_interface"
                await bench.put("network", path, {"port_id": port["id"]})
        await bench.delete("network", f"/v2.0/routers/{one}")

    return await _each(found, remove)


async def _networks(bench: Bench) -> int:
    found = await bench.list("network", "/v2.0/networks", "networks", name=PREFIX, fields="id")

    async def remove(one: str) -> None:
        ports = await bench.list("network", "/v2.0/ports", "ports", network_id=one, fields=["id", "device_owner"])
        # The ports of Neutron's own agents go with the network; what a load balancer's health checks left does not.
        loose = [port for port in ports if not port["device_owner"].startswith("network:")]
        await _each(loose, lambda port: bench.delete("network", f"/v2.0/ports/{port}"))
        await bench.delete("network", f"/v2.0/networks/{one}")

    return await _each(found, remove)


async def _groups(bench: Bench) -> int:
    found = await bench.list("network", "/v2.0/security-groups", "security_groups", name=PREFIX, fields="id")
    return await _each(found, lambda one: bench.delete("network", f"/v2.0/security-groups/{one}"))
