#!/usr/bin/python3
"""Give the monitors every key, and each OSD its number; safe to repeat. Logs in with the monitors' own key."""

import json
import uuid

import rados

KEYS = "/etc/ceph/ceph.keys"
OSDS = [
    0,
]
FSID = uuid.UUID("CEPH_CLUSTER_FSID")


def command(cluster: rados.Rados, text: str, given: bytes = b"", **values: object) -> bytes:
    """Carry out a command of the monitors and return its output. Raises SystemExit with what they say."""
    code, output, words = cluster.mon_command(json.dumps({"prefix": text, **values}), given)
    if code:
        raise SystemExit(f"{text}: {words} (error {-code})")
    return output


def main() -> None:
    """Import the keyring with the rights it names, then the OSDs."""
    with rados.Rados(name="mon.", conffile="/etc/ceph/ceph.conf") as cluster:
        with open(KEYS, "rb") as file:
            command(cluster, "auth import", file.read())
        for number in OSDS:
            command(cluster, "osd new", uuid=str(uuid.uuid5(FSID, f"osd.{number}")), id=number)


main()
