#!/bin/sh
# After a restart of the machine all containers start at once. It asks placement with a token at its start, and gives up
# where that fails; until then the processors are better used by those that it waits for.
set -eu
for url in http://172.24.0.16:5000 http://172.24.0.16:8780/; do
    waited=0
    until curl --silent --fail --output /dev/null --max-time 5 --noproxy '*' "$url"; do
        [ $((waited % 20)) -ne 0 ] || echo "waiting for $url"
        waited=$((waited + 1))
        sleep 0.5
    done
done
# Guests end with libvirt's container. When the engine has started that again, they are off until nova-compute starts too:
# it ends, and the engine starts it as well.
watch() {
    socket=/run/libvirt/libvirt-sock
    # By then nova-compute has found libvirt, or has ended.
    sleep 20
    first=$(stat --format '%i %Z' "$socket" 2>/dev/null || true)
    until now=$(stat --format '%i %Z' "$socket" 2>/dev/null) && [ "$now" != "$first" ]; do
        sleep 3
    done
    echo "libvirt has started again; so does nova-compute, which starts the guests"
    kill -TERM $$
    sleep 10
    kill -KILL $$
}
watch &
exec python /usr/local/bin/nova-compute-run --config-file /etc/nova/nova.conf
