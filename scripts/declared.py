"""Print the Python distributions that the services declare for a family: ``python scripts/declared.py openstack``."""

import sys

from skylift.images.declared import requirements
from skylift.services import load

sys.stdout.writelines(f"{line}\n" for line in requirements(load(), sys.argv[1]))
