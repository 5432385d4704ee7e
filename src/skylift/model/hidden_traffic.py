"""Take secrets out of what programs write and send: logs, requests, headers, environments, in any place of a line.

``hidden`` knows files of people, where a key begins a line or stands in quotes. In a log a key stands anywhere, with
or without quotes, and a token is known by its form alone.
"""

from __future__ import annotations

import re

from skylift.model.hidden import HIDDEN, hide

_WORDS = (
    r"passwords?|passwd|passphrase|admin_?pass|secret|secret_?key|encryption_?key|private_?key|api_?key|access_?key"
    r"|fernet_?keys?|pre_?shared_?key|token|credentials?"
)
_TOKENS = r"x-(?:auth|subject|service|user|storage|admin|identity)-token|x-api-key"
_LONG = r"(?:proxy-)?authorization|(?:set-)?cookie"
"""Headers whose values have blanks and quotes of their own."""
_BETWEEN = r"(?:\\*[\"'])?[ \t]{0,8}[:=][ \t]{0,8}(?:[bu](?=\\*[\"']))?"
"""What stands between a key and its value; quotes may be escaped, in JSON inside JSON more than once."""
_PAIRED = r"\\*[\"'],[ \t]?(?:[bu](?=[\"']))?"
"""The same in a pair of Python."""
_NOT_YET = r"(?!(?:true|false|yes|no|none|null|\*\*\*)(?![\w-])|[bu]\\*[\"'])"

_HEADER = re.compile(
    rf"(?P<head>(?<![\w-])(?:{_TOKENS}|(?P<long>{_LONG}))(?:{_BETWEEN}|{_PAIRED})(?P<quote>\\*[\"'])?)"
    r"(?(quote)(?:(?!(?P=quote))[^\r\n])+|(?(long)[^\r\n]+|[^\s\"'\\,]+))",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    rf"(?P<head>(?:{_WORDS}){_BETWEEN}(?P<quote>(?P<escaped>\\+)?[\"']))"
    r"(?(escaped)(?:\\\\+[\"']|\\(?![\"'])|[^\r\n\\])+|(?:\\.|(?!(?P=quote))[^\r\n\\])+)",
    re.IGNORECASE,
)
"""A quote inside a value has more backslashes than the one that ends it."""
_BARE = re.compile(rf"(?P<head>(?:{_WORDS}){_BETWEEN}){_NOT_YET}[^\s\"'\\,;&<>(){{}}\[\]]+", re.IGNORECASE)
_FORMS = re.compile(
    # A token of keystone; a key of Fernet, which is 32 bytes; a signed token; a key of Ceph, which is 28 bytes.
    r"gAAAAA[\w-]{20,}={0,2}"
    r"|(?<![\w+/=-])[\w-]{43}=(?![\w=])"
    r"|(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|(?<![\w+/=-])AQ[A-Za-z0-9+/]{36}=="
)
_END = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY-----")
_LONGEST_KEY = 16384
"""Characters before the end of a key whose beginning is not in the text: as much is taken away."""
_KEY = re.compile(rf".*(?:{_WORDS})|{_TOKENS}|{_LONG}", re.IGNORECASE | re.DOTALL)


def hide_traffic(text: str) -> str:
    """Return ``text`` without what looks like a secret by its key, its header or its form, besides what ``hide`` takes.

    Half a private key, at either end of the text, is taken as well.
    """
    end = _END.search(text)
    if end is not None and "PRIVATE KEY-----" not in text[: end.start()]:
        text = text[: max(0, end.start() - _LONGEST_KEY)] + HIDDEN + "\n" + text[end.start() :]
    text = hide(text)
    for place in (_HEADER, _QUOTED, _BARE):
        text = place.sub(lambda found: found["head"] + HIDDEN, text)
    return _FORMS.sub(HIDDEN, text)


def secret_key(name: str) -> bool:
    """Return whether what stands under this key is to be hidden whatever it is."""
    return _KEY.fullmatch(name) is not None
