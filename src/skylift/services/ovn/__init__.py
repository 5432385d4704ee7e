"""OVN: virtual networks, from Neutron's model to each node's flows."""
