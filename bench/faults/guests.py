"""Guests that faults start, stop and remove."""

from __future__ import annotations

import time
from typing import Any

from bench.faults.lab import MINE, Lab

from skylift.model.problem import Problem


def boot(lab: Lab, flavor: str = "m1.nano", image: str = "", network: str = "demo-net") -> str:
    """Order a guest and return its id. ``flavor`` is a name; ``image`` an id, the guest image where it is empty."""
    flavors = {one["name"]: one["id"] for one in lab.api.list("compute", "/flavors", "flavors")}
    image = image or lab.first("image", "/v2/images", "images", name="skylift-tiny")["id"]
    where = lab.first("network", "/v2.0/networks", "networks", name=network)["id"]
    server = {
        "name": f"{MINE}guest",
        "flavorRef": flavors[flavor],
        "imageRef": image,
        "networks": [{"uuid": where}],
    }
    return str(lab.api.post("compute", "/servers", {"server": server})["server"]["id"])


def shown(lab: Lab, guest: str) -> dict[str, Any]:
    """Return what Nova knows of a guest."""
    found: dict[str, Any] = lab.api.get("compute", f"/servers/{guest}")["server"]
    return found


def until_state(lab: Lab, guest: str, state: str, *, seconds: float) -> None:
    """Wait until a guest is in ``state``, or until the time is over: what shows then is for others to say."""
    deadline = time.monotonic() + seconds
    while shown(lab, guest)["status"] != state and time.monotonic() < deadline:
        time.sleep(0.5)


def refused(lab: Lab, **arguments: str) -> None:
    """Order a guest that is refused, or gets no place."""
    try:
        guest = boot(lab, **arguments)
    except Problem:
        return
    until_state(lab, guest, "ERROR", seconds=30)


def act(lab: Lab, guest: str, action: dict[str, Any]) -> None:
    """Ask Nova for an action on a guest."""
    lab.api.post("compute", f"/servers/{guest}/action", action)


def mine(lab: Lab) -> list[str]:
    """Return the ids of the guests that faults have started."""
    return [one["id"] for one in lab.servers() if one["name"].startswith(MINE)]


def remove_mine(lab: Lab, seconds: float = 60.0) -> None:
    """Remove the guests that faults have started, and wait until they are gone."""
    deadline = time.monotonic() + seconds
    while (left := mine(lab)) and time.monotonic() < deadline:
        for guest in left:
            lab.api.delete("compute", f"/servers/{guest}")
        time.sleep(1.0)


def gone(lab: Lab, _: Any) -> None:
    """Undo a fault that is all in guests."""
    remove_mine(lab)


def revive(lab: Lab) -> list[str]:
    """Start those of the two guests that do not run, and return what was done."""
    done = []
    for guest in lab.guests():
        state, task = guest["status"], guest["OS-EXT-STS:task_state"]
        if state == "ACTIVE" or task:
            continue
        action: dict[str, Any] = {"os-start": None} if state == "SHUTOFF" else {"reboot": {"type": "HARD"}}
        if state == "ERROR":
            act(lab, guest["id"], {"os-resetState": {"state": "active"}})
        act(lab, guest["id"], action)
        done.append(f"{guest['name']} was {state}")
    return done
