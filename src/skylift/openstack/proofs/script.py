"""The user-data of the guests: what makes them answer for themselves and for each other. Pure."""

from __future__ import annotations

_SCRIPT = """#!/bin/sh
# Made by skylift verify. Nothing here takes an address from a request.
mkdir -p /www/cgi-bin
cat >/www/cgi-bin/facts <<'END'
#!/bin/sh
printf 'Content-Type: application/json\\r\\n\\r\\n'
exec wget -q -T 10 -O - http://169.254.169.254/openstack/latest/meta_data.json 2>&1
END
cat >/www/cgi-bin/outside <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
exec wget -q -T 5 -O - http://{probe}:{port}/ 2>&1
END
cat >/www/cgi-bin/other <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
case $QUERY_STRING in
    *[!a-z0-9-]*) path=/ ;;
    facts) path=/cgi-bin/facts ;;
    outside) path=/cgi-bin/outside ;;
    disk-*) path=":{disks}/cgi-bin/disk?${{QUERY_STRING#disk-}}" ;;
    *) path=/ ;;
esac
exec wget -q -T 10 -O - "http://{other}$path" 2>&1
END
# disk?ACTION-SERIAL: the beginning of the disk with this serial number, as its digest and the disk's 512-byte sectors.
# Only root may read and write disks, so this has a server of its own.
mkdir -p /root/disks/cgi-bin
cat >/root/disks/cgi-bin/disk <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
for path in /sys/block/vd*; do
    [ "$(cat "$path/serial")" = "${{QUERY_STRING#*-}}" ] || continue
    disk=/dev/${{path##*/}}
    case $QUERY_STRING in
        write-*) dd if=/dev/urandom of="$disk" bs=65536 count={blocks} conv=fsync 2>/dev/null || exit ;;
    esac
    set -- $(dd if="$disk" bs=65536 count={blocks} 2>/dev/null | sha256sum)
    echo "$1 $(cat "$path/size")"
    exit
done
echo none
END
chmod 755 /www/cgi-bin/* /root/disks/cgi-bin/*
httpd -p {disks} -h /root/disks
echo {token} >/www/user-data.txt
echo skylift-verify: user-data {token}
"""


DISKS = 79
"""The port at which a guest answers for its disks."""

BLOCKS = 16
"""How much of a disk is written and read, in 64 KiB."""


def user_data(token: str, other: str, probe: str, port: int) -> str:
    """Return the script: it shows ``token``, and installs pages on the other guest, the probe, the metadata and disks.

    ``other`` and ``probe`` are addresses, ``port`` is where the probe serves its page.
    """
    return _SCRIPT.format(token=token, other=other, probe=probe, port=port, disks=DISKS, blocks=BLOCKS)


def marker(token: str) -> str:
    """Return the line that the script writes on the console."""
    return f"skylift-verify: user-data {token}"
