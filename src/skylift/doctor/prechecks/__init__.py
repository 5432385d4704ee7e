"""Checks before any change, one file each. Generic code finds them: add a file with ``check`` and ``looked``."""

from skylift.doctor.prechecks.context import Context
from skylift.doctor.prechecks.run import Finding, discover, find, find_problems, refuse, run_prechecks

__all__ = ["Context", "Finding", "discover", "find", "find_problems", "refuse", "run_prechecks"]
