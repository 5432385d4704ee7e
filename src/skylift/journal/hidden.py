"""Take passwords out of files that people wrote themselves: those that no passwords.yml names."""

from skylift.model.hidden import HIDDEN, hide

__all__ = ["HIDDEN", "hide"]
