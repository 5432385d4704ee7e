"""Take passwords out of files that people wrote themselves: those that no passwords.yml names.

An override may hold a password of a system outside (an LDAP server, a mail relay). The mask of the cloud's own
passwords does not know it, but its place tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

HIDDEN = "***"
_WORDS = r"passwords?|passwd|passphrase|secret|secret_key|encryption_key|api_key|access_key|token|credentials?"
_NAME = rf"(?:[\w.-]*[_.-])?(?:{_WORDS})"
_KEYED = re.compile(
    rf"^(?P<head>[ \t]*(?:-[ \t]+)*(?:export[ \t]+)?[\"']?{_NAME}[\"']?[ \t]*[=:][ \t]*)"
    r"(?!(?:true|false|yes|no|none|null|[\"']?\*\*\*[\"']?,?|[|>{\[][^\n]*)[ \t\r]*$)(?P<value>[^\s][^\r\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_INLINE = re.compile(
    rf"(?P<head>(?P<mark>[\"']){_NAME}(?P=mark)[ \t]*[=:][ \t]*(?P<quote>[\"']))(?:\\.|(?!(?P=quote))[^\r\n])*",
    re.IGNORECASE,
)
"""A quoted key with a quoted value anywhere in a line, as in JSON and Python."""
_SQL = re.compile(
    r"(?P<head>\bIDENTIFIED\s+BY\s+(?:PASSWORD\s+)?(?P<quote>['\"]))(?:\\.|''|(?!(?P=quote)).)*", re.IGNORECASE
)
_ARGUMENT = re.compile(
    rf"(?P<head>(?:^|\s)--(?:[\w-]*-)?(?:{_WORDS})(?:=|[ \t]+))[^\s-][^\s]*", re.IGNORECASE | re.MULTILINE
)
_ELEMENT = re.compile(rf"(?P<head><(?P<name>{_NAME})>)[^<\r\n]+(?=</(?P=name)>)", re.IGNORECASE)
_URL = re.compile(
    r"(?P<head>(?:(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://|,)[^\s/:@,'\"]{0,100}:)[^\s/@'\"]{1,300}(?=@)",
    re.IGNORECASE,
)
"""The password of a URL, or of a further host in one (``rabbit://u:p@a,u:p@b``). Bounded: a line may be a megabyte."""
_KEY_BLOCK = re.compile(
    r"(?P<head>-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----).*?(?P<tail>-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_PLACES = (_URL, _SQL, _INLINE, _ARGUMENT, _ELEMENT, _KEYED)


def hidden_values(text: str) -> Iterator[str]:
    """Yield what ``hide`` would take out, private keys apart, without quotes: it may stand elsewhere as well."""
    for place in _PLACES:
        for found in place.finditer(text):
            value = found[0][len(found["head"]) :]
            yield from {value.strip("\"' ,\r\t"), value.partition(" #")[0].strip("\"' ,\r\t"), unquote(value)}


def hide(text: str) -> str:
    """Return ``text`` with ``***`` for values of keys, arguments and elements named like a password, for passwords in
    URLs and in SQL, and for private keys. A line stays a line, apart from private keys.
    """
    text = _KEY_BLOCK.sub(lambda found: f"{found['head']}\n{HIDDEN}\n{found['tail']}", text)
    for place in _PLACES:
        text = place.sub(lambda found: found["head"] + HIDDEN, text)
    return text
