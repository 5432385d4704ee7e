#!/usr/bin/python3
"""Say in one line how Ceph is; exit with 1 unless all is well."""

import json
import sys

import rados

GIB = 1 << 30
KEPT = {"images": True, "disks": True}


def command(cluster: rados.Rados, text: str) -> dict:
    """Return the monitors' answer to a question. Raises SystemExit with what they say."""
    code, output, words = cluster.mon_command(json.dumps({"prefix": text, "format": "json"}), b"", timeout=5)
    if code:
        raise SystemExit(f"{text}: {words} (error {-code})")
    return json.loads(output)


def main() -> None:
    """Print the health; what is wrong, or how much is used. With ``--kept``, what new things go here."""
    if "--kept" in sys.argv:
        print(*(f"{what}={'yes' if here else 'no'}" for what, here in KEPT.items()), sep="\n")
        return
    with rados.Rados(name="client.admin", conffile="/etc/ceph/ceph.conf", conf={"client_mount_timeout": "5"}) as cluster:
        health, dump, space = (command(cluster, text) for text in ("health", "osd dump", "df"))
    if health["checks"]:
        print(f"{health['status']}:", "; ".join(one["summary"]["message"] for one in health["checks"].values()))
        sys.exit(1)
    up = sum(osd["up"] for osd in dump["osds"])
    copies = max((pool["size"] for pool in dump["pools"]), default=0)
    used, total = space["stats"]["total_used_bytes"] / GIB, space["stats"]["total_bytes"] / GIB
    words = "one copy" if copies == 1 else f"{copies} copies"
    print(f"{health['status']}: {up} OSD{'s' if up > 1 else ''}, {words} of everything, {used:.1f} of {total:.0f} GiB used")


main()
