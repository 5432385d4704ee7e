"""The template of the stack that proves Heat. Pure."""

from __future__ import annotations

from typing import Any

from skylift.model.proof import PREFIX

NAME = f"{PREFIX}-stack"
# Another subnet than that of the other guests, so that the stack's router could stand beside theirs.
SUBNET = "10.231.78.0/24"

_SCRIPT = """#!/bin/sh
# Made by skylift verify. Reports with a token to the API, and with a signed URL to the other.
word='{"status": "SUCCESS", "reason": "up", "data": "booted"}'
told() {
    wget -q -T 10 -O - --header 'X-Auth-Token: $token' --header 'Content-Type: application/json' \\
        --post-data "$word" '$endpoint'
}
url=$(printf '%s' '$signal' | sed 's/.*"alarm_url": *"http:..\\([^"]*\\)".*/\\1/')
place=${url%%/*}
# The URL is signed for PUT, which this wget does not know.
signed() {
    { printf 'PUT /%s HTTP/1.0\\r\\nHost: %s\\r\\nContent-Type: application/json\\r\\n' "${url#*/}" "$place"
      printf 'Content-Length: %d\\r\\n\\r\\n%s' ${#word} "$word"; sleep 1; } |
        nc -w 10 "${place%:*}" "${place#*:}" | head -n 1 | grep . && grep -q '^HTTP/1.[01] 20' /tmp/said
}
for step in told signed; do
    for try in 1 2 3 4 5 6 7 8 9 10; do
        if $step >/tmp/said 2>&1; then echo "skylift-verify: $step at try $try"; break; fi
        echo "skylift-verify: $step, try $try: $(tail -n 1 /tmp/said)"
        sleep 1
    done
done
"""


def resource(kind: str, after: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """Return one resource of the template."""
    made: dict[str, Any] = {"type": f"OS::{kind}", "properties": properties}
    return made | ({"depends_on": list(after)} if after else {})


def attribute(name: str, of: str) -> dict[str, Any]:
    """Return the reference to an attribute of a resource."""
    return {"get_attr": [name, of]}


def of(name: str) -> dict[str, str]:
    """Return the reference to a resource."""
    return {"get_resource": name}


def given(name: str) -> dict[str, str]:
    """Return the reference to a parameter."""
    return {"get_param": name}


def template(services: frozenset[str]) -> dict[str, Any]:
    """Return the template; with ``octavia`` a load balancer has the floating IP, with ``cinder`` there is a volume."""
    resources = _network() | _guest()
    front = attribute("balancer", "vip_port_id") if "octavia" in services else of("port")
    if "octavia" in services:
        resources |= _balancer()
    if "cinder" in services:
        resources |= _volume()
    resources["floating"] = resource("Neutron::FloatingIP", ("way",), floating_network=given("outside"), port_id=front)
    return {
        "heat_template_version": "2021-04-16",
        "description": "Made and removed by skylift verify.",
        "parameters": {name: {"type": "string"} for name in ("image", "flavor", "outside", "note")},
        "resources": resources,
        "outputs": {
            "address": {"value": attribute("floating", "floating_ip_address")},
            "guest": {"value": of("guest")},
            "report": {"value": attribute("reported", "data")},
            "signed_report": {"value": attribute("signed", "data")},
        },
    }


def _network() -> dict[str, Any]:
    rule = {"direction": "ingress", "protocol": "tcp", "port_range_min": 80, "port_range_max": 80}
    way_out = {"direction": "egress", "ethertype": "IPv4"}
    return {
        "network": resource("Neutron::Net", name=NAME),
        "subnet": resource("Neutron::Subnet", network=of("network"), cidr=SUBNET),
        "router": resource("Neutron::Router", name=NAME, external_gateway_info={"network": given("outside")}),
        "way": resource("Neutron::RouterInterface", router=of("router"), subnet=of("subnet")),
        "group": resource("Neutron::SecurityGroup", name=NAME, rules=[rule, way_out]),
        "port": resource(
            "Neutron::Port", network=of("network"), fixed_ips=[{"subnet": of("subnet")}], security_groups=[of("group")]
        ),
    }


def _guest() -> dict[str, Any]:
    script = {
        "str_replace": {
            "template": _SCRIPT,
            "params": {
                "$token": attribute("handle", "token"),
                "$endpoint": attribute("handle", "endpoint"),
                "$signal": attribute("signed_handle", "signal"),
            },
        }
    }
    return {
        "handle": resource("Heat::WaitConditionHandle"),
        "signed_handle": resource("Heat::WaitConditionHandle", signal_transport="CFN_SIGNAL"),
        "guest": resource(
            "Nova::Server",
            name=NAME,
            image=given("image"),
            flavor=given("flavor"),
            networks=[{"port": of("port")}],
            user_data_format="RAW",
            user_data=script,
            # The signed URL has the time in it, and would be another at each update.
            user_data_update_policy="IGNORE",
            metadata={"note": given("note")},
        ),
        "reported": resource("Heat::WaitCondition", ("guest",), handle=of("handle"), timeout=180),
        "signed": resource("Heat::WaitCondition", ("guest",), handle=of("signed_handle"), timeout=180),
    }


def _balancer() -> dict[str, Any]:
    return {
        "balancer": resource("Octavia::LoadBalancer", name=NAME, provider="ovn", vip_subnet=of("subnet")),
        "listener": resource("Octavia::Listener", loadbalancer=of("balancer"), protocol="TCP", protocol_port=80),
        "pool": resource("Octavia::Pool", listener=of("listener"), protocol="TCP", lb_algorithm="SOURCE_IP_PORT"),
        "member": resource(
            "Octavia::PoolMember",
            pool=of("pool"),
            subnet=of("subnet"),
            protocol_port=80,
            address={"get_attr": ["port", "fixed_ips", 0, "ip_address"]},
        ),
    }


def _volume() -> dict[str, Any]:
    return {
        "volume": resource("Cinder::Volume", name=NAME, size=1),
        "attached": resource("Cinder::VolumeAttachment", volume_id=of("volume"), instance_uuid=of("guest")),
    }
