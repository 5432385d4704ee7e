#!/bin/sh
# Write what OVN's controller is to know of this node to the database; it reads each change by itself.
set -eu

vsctl() { ovs-vsctl --no-wait --retry --timeout=60 "$@"; }

vsctl set Open_vSwitch . \
    external-ids:system-id=node1 \
    external-ids:hostname=node1 \
    external-ids:ovn-remote='"tcp:172.24.0.16:6642"' \
    external-ids:ovn-remote-probe-interval=60000 \
    external-ids:ovn-openflow-probe-interval=60 \
    external-ids:ovn-monitor-all=true \
    external-ids:ovn-encap-type=geneve \
    external-ids:ovn-encap-ip=172.24.8.16 \
    external-ids:ovn-bridge-datapath-type=netdev \
    external-ids:ovn-bridge-mappings='"physnet1:br-ex"' \
    external-ids:ovn-cms-options=enable-chassis-as-gw
