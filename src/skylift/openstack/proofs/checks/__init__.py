"""One file a capability, each with its ``PROOF``. What proofs build on is declared in the same way, but not shown."""
