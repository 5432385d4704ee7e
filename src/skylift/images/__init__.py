"""The images of the cloud: build, resolve, pull, list, prune."""

from skylift.images.build import build_all
from skylift.images.names import Source
from skylift.images.resolve import Resolved, pull_all, resolve
from skylift.images.state import Listed, list_images, prune

__all__ = ["Listed", "Resolved", "Source", "build_all", "list_images", "prune", "pull_all", "resolve"]
