"""Faults put into a running cloud, one after another: does it heal, and does doctor name the cause.

One file a kind of fault. They were written by reading what the services need of each other, not what doctor looks at.
"""
