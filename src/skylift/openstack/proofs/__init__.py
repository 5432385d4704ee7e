"""Proofs: real requests that show that the cloud does what it is for. :func:`verify` runs them all."""

from skylift.openstack.proofs.bench import ProofContext
from skylift.openstack.proofs.verify import verify

__all__ = ["ProofContext", "verify"]
