"""Skylift: a working OpenStack on your own machines, from one command to an address that answers."""

__version__ = "0.1.0"
