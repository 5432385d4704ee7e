"""A person in front of a browser."""
