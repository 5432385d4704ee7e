"""Run nova-compute, and end when its start has failed.

Python would wait for the threads that it had begun by then: a process that does nothing, holds its connections, and
passes for healthy. Once it has ended, the engine starts it again.
"""

import os
import sys

from nova.cmd.compute import main

try:
    main()
except Exception:
    sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
