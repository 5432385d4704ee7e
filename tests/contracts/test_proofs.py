"""Services and proofs name each other, so that a service without a proof, or a proof that never runs, is noticed."""

from __future__ import annotations

from skylift import services
from skylift.openstack.proofs.proof import load


def test_each_proof_is_named_by_its_service_and_by_no_other() -> None:
    declared = {(service.name, name) for service in services.load() for name in service.proofs}
    assert declared == {(proof.service, proof.name) for proof in load() if proof.shown}


def test_every_service_with_an_api_is_proven_or_needed_by_one_that_is() -> None:
    known = {service.name: service for service in services.load()}
    proven = {service.name for service in known.values() if service.proofs}
    needed = {name for service in proven for name in known[service].requires}
    assert {service.name for service in known.values() if service.endpoints} <= proven | needed
