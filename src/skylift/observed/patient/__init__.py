"""Look at a running cloud, all parts side by side and each within seconds: the input of ``skylift doctor``."""

from skylift.observed.patient.bed import Bed
from skylift.observed.patient.examine import examine

__all__ = ["Bed", "examine"]
