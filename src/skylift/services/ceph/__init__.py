"""Ceph: block storage for images, guests' disks and volumes."""
