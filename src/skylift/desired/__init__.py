"""Settings and declarations → Desired. Pure: no I/O but reading templates."""
