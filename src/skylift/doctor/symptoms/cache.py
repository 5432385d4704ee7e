"""Memcached: without it every check of a token asks keystone, after waiting for the cache in vain."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import FIX, Layer, Sign, behind, down, edited, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.remedy import Remedy

NAME = "memcached"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield signs of a cache that does not answer, or takes no more clients."""
    container = patient.container(NAME)
    unread = patient.why_unread("cache")
    if unread is not None and container is not None and container.runs:
        yield Sign(
            finding(
                "cache-silent",
                "error",
                "The cache does not answer",
                "its process runs; services wait for it at each request before they do without",
                [Evidence(unread.why, unread.source, 0.0)],
                f"skylift logs {NAME}\n{FIX}   (restarts it; it holds nothing that is missed)",
                NAME,
            ),
            Layer.INFRASTRUCTURE,
            (*edited(NAME), *down(*sorted(behind(patient, container))), ("bridge-down", ""), *down(NAME)),
            4.0,
            (Remedy("restart", NAME, "it does not answer"),),
        )
    cache = patient.cache
    if cache is not None and cache.limit and cache.connections >= cache.limit:
        yield Sign(
            finding(
                "cache-full",
                "error",
                "The cache takes no more clients",
                "as many are connected as its limit allows: further ones wait until another goes",
                [Evidence(f"{cache.connections} connections, {cache.limit} allowed", "memcached stats", 0.0)],
                f"{FIX}   (restarts it; it holds nothing that is missed)",
                NAME,
            ),
            Layer.INFRASTRUCTURE,
            (),
            4.0,
            (Remedy("restart", NAME, "it takes no more clients"),),
        )
