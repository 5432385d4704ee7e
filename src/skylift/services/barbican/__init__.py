"""Barbican: secrets and keys, stored encrypted."""
