"""Open vSwitch: the switch of each node, and its database."""
