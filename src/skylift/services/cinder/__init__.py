"""Cinder: volumes of virtual machines, their snapshots and backups."""
