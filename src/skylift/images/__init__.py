"""The images of the cloud: build, resolve, pull, list, prune."""

from skylift.images.build import build_all
from skylift.images.names import Source

__all__ = ["Source", "build_all"]
