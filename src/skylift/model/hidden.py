"""Take passwords out of files that people wrote themselves: those that no passwords.yml names.

An override may hold a password of a system outside (an LDAP server, a mail relay). The mask of the cloud's own
passwords does not know it, but its place tells.
"""

from __future__ import annotations

import re

HIDDEN = "***"
_WORDS = r"passwords?|passwd|passphrase|secret|secret_key|encryption_key|api_key|access_key|token|credentials?"
_KEYED = re.compile(
    rf"^(?P<head>[ \t]*(?:export[ \t]+)?[\"']?(?:[\w.-]*[_.-])?(?:{_WORDS})[\"']?[ \t]*[=:][ \t]*)"
    r"(?!(?:true|false|yes|no|none|null|[|>{\[][^\n]*)[ \t\r]*$)(?P<value>[^\s][^\r\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_URL = re.compile(r"(?P<head>[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:)[^\s/@'\"]+(?=@)", re.IGNORECASE)
_KEY_BLOCK = re.compile(
    r"(?P<head>-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----).*?(?P<tail>-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL
)


def hide(text: str) -> str:
    """Return ``text`` with ``***`` for the values of keys named like a password, for passwords in URLs and for private
    keys. A line stays a line, apart from private keys.
    """
    text = _KEY_BLOCK.sub(lambda found: f"{found['head']}\n{HIDDEN}\n{found['tail']}", text)
    text = _URL.sub(lambda found: found["head"] + HIDDEN, text)
    return _KEYED.sub(lambda found: found["head"] + HIDDEN, text)
