"""Faults of guests and of what they need: a place, an image, a quota, an address, their own process.

Source: nova's API reference (services, quotas), placement's on inventories and allocations, neutron's on pools.
"""

from __future__ import annotations

import os
import signal
import time
import uuid
from typing import Any

from bench.faults.fault import Fault, container
from bench.faults.guests import act, boot, gone, mine, refused, revive, until_state
from bench.faults.lab import MINE, Lab

from skylift.model.problem import Problem

GUEST = "guest|instance|server|skylift-verify|fault-guest"
COMPUTE = f"{container('nova_compute')}|compute|node1|hypervisor"
PLACE = "valid host|no host|place|room|fit|flavor|memory|RAM"
HOST_PATH = "/os-services"


def _compute(lab: Lab) -> dict[str, Any]:
    return lab.first("compute", HOST_PATH, "services", binary="nova-compute")


def _disable(lab: Lab) -> None:
    body = {"status": "disabled", "disabled_reason": "for a while"}
    lab.api.put("compute", f"{HOST_PATH}/{_compute(lab)['id']}", body)
    refused(lab)


def _enable(lab: Lab, _: Any) -> None:
    lab.api.put("compute", f"{HOST_PATH}/{_compute(lab)['id']}", {"status": "enabled"})


def _force_down(lab: Lab) -> None:
    lab.api.put("compute", f"{HOST_PATH}/{_compute(lab)['id']}", {"forced_down": True})


def _not_forced(lab: Lab, _: Any) -> None:
    lab.api.put("compute", f"{HOST_PATH}/{_compute(lab)['id']}", {"forced_down": False})


def _huge(lab: Lab) -> str:
    flavor = {"name": f"{MINE}huge", "ram": 8388608, "vcpus": 1, "disk": 1}
    identity = str(lab.api.post("compute", "/flavors", {"flavor": flavor})["flavor"]["id"])
    # The quota must not be what refuses it.
    lab.api.put("compute", f"/os-quota-sets/{lab.api.project_id}", {"quota_set": {"ram": -1}})
    refused(lab, flavor=f"{MINE}huge")
    return identity


def _not_huge(lab: Lab, flavor: Any) -> None:
    gone(lab, None)
    lab.api.delete("compute", f"/flavors/{flavor}")
    _no_quota(lab, None)


def has_mine(lab: Lab) -> bool:
    """Return whether there is a guest that a fault has started."""
    return bool(mine(lab))


def _provider(lab: Lab) -> str:
    return str(lab.first("placement", "/resource_providers", "resource_providers", name=lab.node)["uuid"])


def _no_inventory(lab: Lab) -> None:
    """Take away what placement knows of the node, as its own API refuses while guests are there."""
    lab.sql("DELETE FROM placement.inventories")


def _inventory_gone(lab: Lab) -> bool:
    return not lab.api.get("placement", f"/resource_providers/{_provider(lab)}/inventories")["inventories"]


def _hoard(lab: Lab) -> str:
    """Leave an allocation of nobody that takes all memory."""
    provider, consumer = _provider(lab), str(uuid.uuid4())
    path = f"/resource_providers/{provider}"
    memory = lab.api.get("placement", f"{path}/inventories")["inventories"]["MEMORY_MB"]
    used = lab.api.get("placement", f"{path}/usages")["usages"]["MEMORY_MB"]
    free = int((memory["total"] - memory["reserved"]) * memory["allocation_ratio"]) - used
    body = {
        "allocations": {provider: {"resources": {"MEMORY_MB": min(free, memory["max_unit"])}}},
        "project_id": lab.api.project_id,
        "user_id": lab.api.user_id,
        "consumer_generation": None,
        "consumer_type": "INSTANCE",
    }
    lab.api.put("placement", f"/allocations/{consumer}", body)
    refused(lab)
    return consumer


def _release(lab: Lab, consumer: Any) -> None:
    gone(lab, None)
    lab.api.delete("placement", f"/allocations/{consumer}")


def _quota(lab: Lab) -> None:
    number = len(lab.servers())
    lab.api.put("compute", f"/os-quota-sets/{lab.api.project_id}", {"quota_set": {"instances": number}})
    refused(lab)


def _no_quota(lab: Lab, _: Any) -> None:
    lab.api.delete("compute", f"/os-quota-sets/{lab.api.project_id}")


def _has_quota(lab: Lab) -> bool:
    path = f"/os-quota-sets/{lab.api.project_id}"
    return int(lab.api.get("compute", path)["quota_set"]["instances"]) < 10


def _pool(lab: Lab) -> dict[str, Any]:
    """Leave no address for floating IPs but those in use, and ask for one more."""
    subnet = lab.first("network", "/v2.0/subnets", "subnets", name="public1-subnet")
    used = lab.first("network", "/v2.0/floatingips", "floatingips")["floating_ip_address"]
    _set_pools(lab, subnet["id"], [{"start": used, "end": used}])
    try:
        body = {"floatingip": {"floating_network_id": subnet["network_id"], "description": f"{MINE}address"}}
        lab.api.post("network", "/v2.0/floatingips", body)
    except Problem:
        lab.notes.append("one more floating IP was refused")
    return subnet


def _set_pools(lab: Lab, subnet: str, pools: list[dict[str, str]]) -> None:
    lab.api.put("network", f"/v2.0/subnets/{subnet}", {"subnet": {"allocation_pools": pools}})


def _pool_back(lab: Lab, subnet: Any) -> None:
    _set_pools(lab, subnet["id"], subnet["allocation_pools"])


def _pool_small(lab: Lab) -> bool:
    pool = lab.first("network", "/v2.0/subnets", "subnets", name="public1-subnet")["allocation_pools"]
    return bool(pool[0]["start"] == pool[0]["end"])


def _image_gone(lab: Lab) -> None:
    """Delete an image while a guest is about to be made of it."""
    fields = {"name": f"{MINE}image", "disk_format": "raw", "container_format": "bare"}
    image = str(lab.api.post("image", "/v2/images", fields)["id"])
    lab.api.upload("image", f"/v2/images/{image}/file", os.urandom(1 << 20))
    lab.docker("pause", lab.name("nova_compute"))
    try:
        guest = boot(lab, image=image)
        time.sleep(5)
        lab.api.delete("image", f"/v2/images/{image}")
    finally:
        lab.docker("unpause", lab.name("nova_compute"))
    until_state(lab, guest, "ERROR", seconds=40)


def _emulator(lab: Lab) -> list[int]:
    return lab.processes("nova_libvirt", "qemu-system")[:1]


def _signal(number: int) -> Any:
    def inject(lab: Lab) -> list[int]:
        processes = _emulator(lab)
        lab.signal(number, processes)
        return processes

    return inject


def _continue(lab: Lab, processes: Any) -> None:
    lab.signal(signal.SIGCONT, processes)


def _revive(lab: Lab, _: Any) -> None:
    lab.notes += revive(lab)


def _suspend(lab: Lab) -> str:
    domain = lab.inside("nova_libvirt", "virsh", "--quiet", "list", "--name").split()[0]
    lab.inside("nova_libvirt", "virsh", "--quiet", "suspend", domain)
    return domain


def _resume(lab: Lab, domain: Any) -> None:
    lab.inside("nova_libvirt", "virsh", "--quiet", "resume", str(domain))
    for guest in lab.guests():
        if guest["status"] == "PAUSED":
            act(lab, guest["id"], {"unpause": None})


def _reset(lab: Lab) -> str:
    guest = str(lab.guests()[0]["id"])
    act(lab, guest, {"os-resetState": {"state": "error"}})
    return guest


def _reset_back(lab: Lab, guest: Any) -> None:
    act(lab, str(guest), {"os-resetState": {"state": "active"}})


def _member_down(lab: Lab) -> str:
    guest = str(lab.guests()[0]["id"])
    act(lab, guest, {"os-stop": None})
    until_state(lab, guest, "SHUTOFF", seconds=60)
    return guest


def _member_up(lab: Lab, guest: Any) -> None:
    act(lab, str(guest), {"os-start": None})


def _balancer(state: str) -> Any:
    def inject(lab: Lab) -> str:
        one = lab.first("load-balancer", "/v2.0/lbaas/loadbalancers", "loadbalancers")["id"]
        lab.sql(f"UPDATE octavia.load_balancer SET provisioning_status = '{state}' WHERE id = '{one}'")  # noqa: S608
        return str(one)

    return inject


def _balancer_back(lab: Lab, balancer: Any) -> None:
    lab.sql(f"UPDATE octavia.load_balancer SET provisioning_status = 'ACTIVE' WHERE id = '{balancer}'")  # noqa: S608


BALANCER = "load.?balancer"
FAULTS = (
    Fault("compute-disabled", _disable, (COMPUTE, "disabled"), _enable, there=has_mine),
    Fault("compute-forced-down", _force_down, (COMPUTE, "forced|down"), _not_forced),
    Fault("flavor-too-large", _huge, (f"{GUEST}|flavor", PLACE), _not_huge, there=has_mine),
    Fault(
        "inventory-gone",
        _no_inventory,
        ("inventor|placement", "inventor"),
        heals=True,
        patience=150,
        there=_inventory_gone,
    ),
    Fault(
        "allocation-of-nobody",
        _hoard,
        ("allocation|placement|valid host", "allocation|place|host"),
        _release,
        there=has_mine,
    ),
    Fault("quota-of-guests-reached", _quota, ("quota",), _no_quota, there=_has_quota),
    Fault(
        "floating-pool-exhausted",
        _pool,
        ("floating|pool|address", "exhaust|left|free|pool|full"),
        _pool_back,
        there=_pool_small,
    ),
    Fault("image-deleted-while-wanted", _image_gone, (GUEST, "image"), gone, there=has_mine),
    Fault(
        "guest-killed", _signal(signal.SIGKILL), (GUEST, "shut|stopp|kill|ended|crash|power|off"), _revive, patience=20
    ),
    Fault("guest-frozen", _signal(signal.SIGSTOP), (GUEST, "answer|frozen|stopp|hang|respon|paus|halt"), _continue),
    Fault("guest-paused", _suspend, (GUEST, "paus|suspend"), _resume),
    Fault("guest-in-error", _reset, (GUEST, "error"), _reset_back),
    Fault("member-stopped", _member_down, (f"member|{GUEST}", "error|down|stopp|shut|off"), _member_up),
    Fault("balancer-in-error", _balancer("ERROR"), (BALANCER, "error"), _balancer_back),
    # Shorter than a minute it may be at work.
    Fault("balancer-stuck", _balancer("PENDING_UPDATE"), (BALANCER, "pending"), _balancer_back, patience=70.0),
)
