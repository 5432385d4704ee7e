#!/bin/sh
# Tell libvirt the keys with which guests reach their disks in Ceph. With a command: before it starts, through its
# files, and then run that. Without: while it runs, through its socket.
set -eu
umask 077
folder=/etc/libvirt/secrets
mkdir -p "$folder"
connection='virsh --quiet --connect qemu:///system'

for known in "$folder"/*.xml; do
    uuid=$(basename "$known" .xml)
    if [ "$uuid" = '*' ] || grep -q "^$uuid " /etc/libvirt/ceph.secrets; then continue; fi
    if [ $# -eq 0 ]; then $connection secret-undefine "$uuid"; fi
    rm -f "$folder/$uuid.xml" "$folder/$uuid.base64"
done

while read -r uuid user key; do
    [ -n "$uuid" ] || continue
    text="<secret ephemeral='no' private='no'><uuid>$uuid</uuid>
        <usage type='ceph'><name>$user secret</name></usage></secret>"
    if [ $# -eq 0 ]; then
        printf '%s\n' "$text" >/tmp/secret.xml
        printf '%s' "$key" >/tmp/secret.base64
        $connection secret-define /tmp/secret.xml
        $connection secret-set-value "$uuid" --file /tmp/secret.base64
        rm -f /tmp/secret.xml /tmp/secret.base64
    else
        printf '%s\n' "$text" >"$folder/$uuid.xml"
        printf '%s' "$key" >"$folder/$uuid.base64"
    fi
done </etc/libvirt/ceph.secrets
[ $# -eq 0 ] || exec "$@"
