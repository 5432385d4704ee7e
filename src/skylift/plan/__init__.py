"""Desired × Observed → Plan. Pure: no I/O, no clock, no randomness."""
