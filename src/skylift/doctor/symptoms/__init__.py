"""Symptoms, one file each: a pure function ``find`` from a patient to signs. Generic code finds them."""
