"""How events and results are shown: to a person, or as JSON."""
