"""What goes through OpenStack's own APIs: catalogue, resources, proofs."""
