#!/bin/sh
# Write the node's settings to the database, give the bridges their interfaces, then become ovs-vswitchd.
# Runs at every start, also after the engine's own restart, which gives the interfaces their addresses again.
set -eu

vsctl() { ovs-vsctl --no-wait --retry --timeout=60 "$@"; }

vsctl init -- set Open_vSwitch . \
    other_config:userspace-tso-enable=true \
    other_config:n-handler-threads=1 other_config:n-revalidator-threads=1
/usr/local/bin/ovn_settings

# The interface that has address $1: the engine may number them otherwise after its restart.
interface_of() {
    ip -o -4 address show | awk -v wanted="$1" '{ split($4, part, "/"); if (part[1] == wanted && $2 ~ /^eth/) print $2 }'
}

# The interface that was given to purpose $1 at an earlier start in the same network namespace: its alias says so.
interface_for() {
    for place in /sys/class/net/*; do
        { read -r alias <"$place/ifalias"; } 2>/dev/null && [ "$alias" = "skylift $1" ] && echo "${place##*/}" && return
    done
    return 0
}

# The name of the Port or Bridge ($1) that was made for purpose $2.
made_for() { vsctl --bare --columns=name find "$1" external-ids:skylift="$2"; }

# For purpose $1, make bridge $2 with the interface that has address $3, and take the address away.
attach() {
    device=$(interface_of "$3")
    port=$(made_for Port "$1")
    # Without an address this was done before. The alias tells it even where somebody has removed bridge and port.
    [ -n "$device" ] || device=$(interface_for "$1")
    [ -n "$device" ] || device=$port
    [ -n "$device" ] || { echo "no interface has the $1 address $3" >&2; exit 1; }
    old=$(made_for Bridge "$1")
    [ -z "$old" ] || [ "$old" = "$2" ] || vsctl del-br "$old"
    [ -z "$port" ] || vsctl --if-exists del-port "$port"
    vsctl --may-exist add-br "$2" -- set Bridge "$2" datapath_type=netdev fail_mode=standalone \
        external-ids:skylift="$1" -- --if-exists del-port "$device" -- add-port "$2" "$device" -- \
        set Port "$device" external-ids:skylift="$1"
    ip link set dev "$device" alias "skylift $1"
    # The port first: were it cut off in between, the next start would find the address and go on.
    ip address flush dev "$device"
    ip link set dev "$device" up
}

attach external br-ex 172.24.4.16
attach tunnel br-tunnel 172.24.8.16
# Where the engine had put the default route on the external interface, it is gone now.
ip route replace default via 172.24.0.1

# The bridges' own interfaces exist only while ovs-vswitchd runs. Forked twice: what it leaves is for process 1 to
# reap, which ovs-vswitchd would not do.
( (
    for device in br-ex br-tunnel; do
        tries=0
        until ip link show dev "$device" >/dev/null 2>&1; do
            tries=$((tries + 1))
            [ "$tries" -le 600 ] || { echo "bridge $device has no interface after 60 s" >&2; exit 1; }
            sleep 0.1
        done
        ip link set dev "$device" up
    done
    ip address replace 172.24.4.16/24 dev br-ex
    /usr/local/bin/guest_access
    # Userspace tunnels leave through a bridge's own interface, so that one has the tunnel address.
    ip address replace 172.24.8.16/24 dev br-tunnel
) & )

# Open vSwitch writes an interface's flags back as it has read them before. Where libvirt has just switched a guest's
# interface on, that switches it off again, and the guest stays without a network: seldom, and on a busy machine.
# What is found off twice is switched on.
( (
    before=' '
    while sleep 1; do
        found=' '
        for device in /sys/class/net/tap*; do
            name=${device##*/}
            { read -r flags <"$device/flags"; } 2>/dev/null || continue
            [ $((flags & 1)) -eq 0 ] || continue
            found="$found$name "
            case "$before" in
                *" $name "*) ip link set dev "$name" up 2>/dev/null && echo "interface $name was off, switched on" ;;
            esac
        done
        before=$found
    done
) & )

exec ovs-vswitchd -vconsole:warn -vsyslog:off -vfile:off --no-chdir \
    --pidfile=/run/openvswitch/ovs-vswitchd.pid --unixctl=/run/openvswitch/ovs-vswitchd.ctl \
    unix:/run/openvswitch/db.sock
