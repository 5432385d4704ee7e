"""Skylift: a working OpenStack on your own machines, from one command to an address that answers."""

__version__ = "0.1.0"

OPENSTACK_RELEASE = "2026.2"
"""What this version of Skylift deploys."""
