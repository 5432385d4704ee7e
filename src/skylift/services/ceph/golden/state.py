#!/usr/bin/python3
"""Exit with 0 when the daemon of this container does its work, as it says through its own socket."""

import glob
import json
import socket
import sys

READY = {
    "mon": ("mon_status", "state", ("leader", "peon")),
    "mgr": ("mgr_status", "initialized", (True,)),
    "osd": ("status", "state", ("active",)),
}


def ask(path: str, prefix: str) -> dict:
    """Return the answer: a length in four bytes, then JSON."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(path)
        connection.sendall(json.dumps({"prefix": prefix}).encode() + b"\0")
        data = b""
        while more := connection.recv(65536):
            data += more
    # What it does not know yet, it says nothing to.
    return json.loads(data[4:] or b"{}")


def main() -> None:
    """Ask every daemon of the kind that the argument names."""
    kind = sys.argv[1]
    count = 1 if kind == "osd" else 1
    prefix, key, wanted = READY[kind]
    sockets = glob.glob(f"/var/run/ceph/ceph-{kind}.*.asok")
    sys.exit(0 if len(sockets) >= count and all(ask(one, prefix).get(key) in wanted for one in sockets) else 1)


main()
