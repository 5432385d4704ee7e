"""The parts of a patient, one file each. Generic code finds them: ``PART``, ``SOURCE`` and ``look`` make one."""
