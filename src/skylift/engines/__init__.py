"""The only package that talks to a container engine."""

from skylift.engines.docker import Engine

__all__ = ["Engine"]
