#!/usr/bin/python3
"""Make the pools, and wait until all is well with them; safe to repeat."""

import json
import time

import rados
import rbd

POOLS = ["images", "volumes", "backups", "vms"]
COPIES = 1
# Placement groups of a new pool; the autoscaler makes more of them when it has grown.
GROUPS = 16
SECONDS = 120


def command(cluster: rados.Rados, text: str, **values: object) -> dict:
    """Carry out a command of the monitors and return what they say. Raises SystemExit with their complaint."""
    code, output, words = cluster.mon_command(json.dumps({"prefix": text, "format": "json", **values}), b"")
    if code:
        raise SystemExit(f"{text}: {words} (error {-code})")
    return json.loads(output or b"{}")


def main() -> None:
    """Make what is missing, correct the number of copies, wait."""
    with rados.Rados(name="client.admin", conffile="/etc/ceph/ceph.conf") as cluster:
        deadline = time.monotonic() + SECONDS
        there = cluster.list_pools()
        for name in POOLS:
            if name not in there:
                command(cluster, "osd pool create", pool=name, pg_num=GROUPS)
        for pool in command(cluster, "osd dump")["pools"]:
            if pool["size"] != COPIES:
                sure = {"yes_i_really_mean_it": True} if COPIES == 1 else {}
                command(cluster, "osd pool set", pool=pool["pool_name"], var="size", val=str(COPIES), **sure)
        for name in POOLS:
            with cluster.open_ioctx(name) as pool:
                rbd.RBD().pool_init(pool, True)
        while (health := command(cluster, "health"))["status"] != "HEALTH_OK":
            if time.monotonic() > deadline:
                told = "; ".join(one["summary"]["message"] for one in health["checks"].values())
                raise SystemExit(f"{health['status']}: {told}")
            time.sleep(0.3)


main()
