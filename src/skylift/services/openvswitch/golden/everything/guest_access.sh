#!/bin/sh
# Let guests, behind their routers, reach the APIs at the address that the catalogue names, and nothing else of the node:
# databases and message queue listen there, too. Runs when the bridge is there, and whenever a service comes or goes.
set -eu

bridge=br-ex
read -r mac <"/sys/class/net/$bridge/address"

# What a router sends to the address on its way to the gateway is turned aside to the node.
{
    echo "priority=30,in_port=LOCAL,actions=NORMAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=5000,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=8000,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=8004,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=8774,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=8776,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=8780,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=9292,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=9311,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=9696,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=20,tcp,nw_dst=172.24.0.16,tp_dst=9876,actions=mod_dl_dst:$mac,LOCAL"
    echo "priority=10,ip,dl_dst=$mac,actions=drop"
    echo "priority=10,ipv6,dl_dst=$mac,actions=drop"
    echo "priority=0,actions=NORMAL"
} | ovs-ofctl replace-flows "$bridge" -
