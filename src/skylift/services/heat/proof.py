"""A stack: one template makes network, guest, load balancer and floating IP; the guest reports, and answers."""

from __future__ import annotations

from typing import Any

from skylift.model.proof import PREFIX, Proof, Unproven, Workbench
from skylift.services.heat.template import template

NAME = f"{PREFIX}-stack"
SERVICE = "orchestration"
_ENDED = ("COMPLETE", "FAILED")


async def run(bench: Workbench) -> str:
    """Make the stack, see its guest's report and page, change it, delete it, and see that nothing is left."""
    body = {
        "stack_name": NAME,
        "template": template(bench.services),
        "parameters": {"image": bench.image, "flavor": bench.flavor, "outside": bench.external_network, "note": "one"},
        "timeout_mins": 5,
        "disable_rollback": True,
    }
    identity = (await bench.post(SERVICE, "/stacks", body))["stack"]["id"]
    path = f"/stacks/{NAME}/{identity}"
    made = await _ended(bench, path, "CREATE", 240)
    outputs = {one["output_key"]: one["output_value"] for one in made["outputs"]}
    _reported(outputs)
    url = f"http://{outputs['address']}/"
    await bench.until(f"the stack's guest at {url}", lambda: _answers(bench, url), seconds=60)
    await _change(bench, path, str(outputs["guest"]))
    told = f"{url} answered by the guest, which reported through both APIs"
    if bench.keep:
        return told
    await bench.delete(SERVICE, path)
    await _gone(bench, path)
    await _nothing_left(bench)
    return f"{told}; changed, deleted, nothing left"


async def _ended(bench: Workbench, path: str, action: str, seconds: float) -> dict[str, Any]:
    """Wait until ``action`` is complete and return the stack. Raises Unproven with the resources that failed."""

    async def poll() -> tuple[dict[str, Any] | None, str]:
        stack: dict[str, Any] = (await bench.get(SERVICE, path))["stack"]
        status = str(stack["stack_status"])
        if status == f"{action}_FAILED":
            raise Unproven(
                f"the stack {action}_COMPLETE", str(stack["stack_status_reason"]), await _failed(bench, path)
            )
        return (stack if status == f"{action}_COMPLETE" else None), status

    try:
        return await bench.until(f"the stack {action}_COMPLETE", poll, seconds=seconds)
    except Unproven as failure:
        failure.evidence = failure.evidence or await _failed(bench, path)
        raise


async def _failed(bench: Workbench, path: str) -> tuple[str, ...]:
    """Return which resources failed and why, and the last lines of the guest that was to report."""
    resources = await bench.list(SERVICE, f"{path}/resources", "resources")
    failed = [
        f"heat: {one['resource_name']} {one['resource_status']}: {one['resource_status_reason']}"
        for one in resources
        if not str(one["resource_status"]).endswith("_COMPLETE")
    ]
    for guest in await bench.list("compute", "/servers", "servers", name=f"^{NAME}$"):
        said = await bench.post("compute", f"/servers/{guest['id']}/action", {"os-getConsoleOutput": {"length": 12}})
        failed += [f"console of {NAME}: {line[:160]}" for line in str(said["output"]).splitlines() if line.strip()]
    return tuple(failed)


def _reported(outputs: dict[str, Any]) -> None:
    for name in ("report", "signed_report"):
        if "booted" not in str(outputs[name]):
            raise Unproven(f"the guest's word in the output {name}", repr(outputs[name]))


async def _answers(bench: Workbench, url: str) -> tuple[bool | None, str]:
    answer = await bench.visit(url, 1.5)
    return (True if answer.status == 200 and answer.body.strip() == NAME else None), answer.seen


async def _change(bench: Workbench, path: str, guest: str) -> None:
    """Have the stack set a property of its guest: of the same one, not of a new one."""
    await bench.patch(SERVICE, path, {"parameters": {"note": "two"}})
    stack = await _ended(bench, path, "UPDATE", 60)
    after = {one["output_key"]: one["output_value"] for one in stack["outputs"]}
    server = (await bench.get("compute", f"/servers/{guest}"))["server"]
    if after["guest"] != guest or server["metadata"].get("note") != "two":
        raise Unproven("the same guest with note two", f"guest {after['guest']} with {server['metadata']}")


async def _gone(bench: Workbench, path: str) -> None:
    async def poll() -> tuple[bool | None, str]:
        answer = await bench.find(SERVICE, path)
        status = str(answer["stack"]["stack_status"]) if answer else "gone"
        if status == "DELETE_FAILED":
            raise Unproven("the stack gone", str(answer["stack"]["stack_status_reason"]), await _failed(bench, path))
        return (True if status in ("gone", "DELETE_COMPLETE") else None), status

    await bench.until("the stack gone", poll, seconds=120)


async def _nothing_left(bench: Workbench) -> None:
    """Look for what the stack had made, by its name."""
    guests, networks, routers, groups = await bench.together(
        bench.list("compute", "/servers", "servers", name=f"^{NAME}$"),
        bench.list("network", "/v2.0/networks", "networks", name=NAME),
        bench.list("network", "/v2.0/routers", "routers", name=NAME),
        bench.list("network", "/v2.0/security-groups", "security_groups", name=NAME),
    )
    left = [f"{len(found)} {kind}" for kind, found in (
        ("guests", guests), ("networks", networks), ("routers", routers), ("security groups", groups)
    ) if found]  # fmt: skip
    if left:
        raise Unproven("nothing left of the stack", ", ".join(left))


async def clean(bench: Workbench) -> int:
    """Delete the stack that an earlier run, or a failure, has left."""
    found = [one for one in await bench.list(SERVICE, "/stacks", "stacks") if one["stack_name"] == NAME]
    for one in found:
        path = f"/stacks/{NAME}/{one['id']}"
        await bench.delete(SERVICE, path)
        await _gone(bench, path)
    return len(found)


PROOF = Proof("stack", "a stack from a template", "heat", run, place=120, needs=("network", "probe"), clean=clean)
