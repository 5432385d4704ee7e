#!/bin/bash
# After a restart of the machine all containers start at once. Where the database or OVN's do not answer while the OVN
# driver is set up, that is logged, and the router plug-in then waits for the driver for ever: no request is answered.
set -eu
for port in 3306 6641 6642; do
    waited=0
    until (exec 3<>"/dev/tcp/172.24.0.16/$port") 2>/dev/null; do
        [ $((waited % 20)) -ne 0 ] || echo "waiting for 172.24.0.16:$port"
        waited=$((waited + 1))
        sleep 0.5
    done
done
# Neutron keeps here when its API server was started, under the process id of its parent, which in a container is always 1.
# What a killed server left is taken for this start's: its entry in OVN's hash ring is then not removed, cannot be made
# again, and no request is answered.
rm -f /tmp/neutron_start_time* /tmp/neutron_first_worker*
exec uwsgi --ini /etc/neutron/neutron-server-uwsgi.ini
