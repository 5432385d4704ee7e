"""In place of Debian's bcrypt, for the manager's modules: each is loaded into an interpreter of its own in one process.

bcrypt 4 refuses that, and with it every module would fail, although only passwords of the dashboard need it, which is
not here.
"""


def gensalt(rounds: int = 12, prefix: bytes = b"2b") -> bytes:
    """Refuse: there is nothing to hash with."""
    raise NotImplementedError("passwords of the dashboard cannot be hashed: bcrypt does not load in Ceph's manager")


def hashpw(password: bytes, salt: bytes) -> bytes:
    """Refuse, as :func:`gensalt` does."""
    return gensalt()
