"""Checks before any change, one file each. Generic code finds them: add a file with ``check`` and it runs."""

from skylift.doctor.prechecks.context import Context
from skylift.doctor.prechecks.run import discover, find_problems, run_prechecks

__all__ = ["Context", "discover", "find_problems", "run_prechecks"]
