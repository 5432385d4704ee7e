#!/usr/bin/python3
"""Start the monitor of this node. An empty volume first gets a store, which knows all monitors and their key."""

import os
import shutil
import subprocess
from pathlib import Path

NODE = "node1"
MONITORS = {
    "node1": "172.24.0.16",
}
FSID = "CEPH_CLUSTER_FSID"
DATA = Path("/var/lib/ceph/mon") / f"ceph-{NODE}"
KEYRING = "/etc/ceph/ceph.mon.keyring"


def main() -> None:
    """Make what is missing, then become the monitor."""
    if not DATA.exists():
        # It gets its name when it is complete: what was cut off is begun again.
        new = DATA.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        monmap = "/tmp/monmap"
        subprocess.run(["monmaptool", "--create", "--clobber", "--fsid", FSID, monmap], check=True)
        for name, address in MONITORS.items():
            place = f"[v2:{address}:3300,v1:{address}:6789]"
            subprocess.run(["monmaptool", "--addv", name, place, monmap], check=True)
        subprocess.run(
            ["ceph-mon", "--mkfs", "-i", NODE, "--monmap", monmap, "--keyring", KEYRING, "--mon-data", str(new)],
            check=True,
        )
        os.sync()
        new.rename(DATA)
    # The monitors' own key is in no store: it is what the file says.
    copy = DATA / "keyring.new"
    shutil.copy(KEYRING, copy)
    copy.replace(DATA / "keyring")
    os.execvp("ceph-mon", ["ceph-mon", "-f", "-i", NODE])


main()
