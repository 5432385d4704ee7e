#!/usr/bin/python3
"""Write an object through a client, read it back, remove it: as many bytes as the argument says. Prints the seconds."""

import hashlib
import secrets
import sys
import time

import rados

POOL = "vms"
NAME = "skylift-verify"


def main() -> None:
    """Exit with words when what was read is not what was written."""
    content = secrets.token_bytes(int(sys.argv[1]))
    begin = time.monotonic()
    with rados.Rados(name="client.admin", conffile="/etc/ceph/ceph.conf") as cluster, cluster.open_ioctx(POOL) as pool:
        pool.write_full(NAME, content)
        read = pool.read(NAME, len(content) + 1)
        pool.remove_object(NAME)
    if read != content:
        sys.exit(f"{len(read)} bytes were read, others than the {len(content)} that were written")
    print(f"{time.monotonic() - begin:.2f} {hashlib.sha256(content).hexdigest()}")


main()
