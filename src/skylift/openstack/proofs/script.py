"""The user-data of the guests: what makes them answer for themselves and for each other. Pure."""

from __future__ import annotations

_SCRIPT = """#!/bin/sh
# Made by skylift verify. Nothing here takes an address from a request.
mkdir -p /www/cgi-bin
cat >/www/cgi-bin/facts <<'END'
#!/bin/sh
printf 'Content-Type: application/json\\r\\n\\r\\n'
exec wget -q -T 10 -O - http://169.254.169.254/openstack/latest/meta_data.json 2>&1
END
cat >/www/cgi-bin/outside <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
exec wget -q -T 5 -O - http://{probe}:{port}/ 2>&1
END
cat >/www/cgi-bin/other <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
case $QUERY_STRING in
    facts) path=cgi-bin/facts ;;
    outside) path=cgi-bin/outside ;;
    *) path= ;;
esac
exec wget -q -T 10 -O - "http://{other}/$path" 2>&1
END
chmod 755 /www/cgi-bin/*
echo {token} >/www/user-data.txt
echo skylift-verify: user-data {token}
"""


def user_data(token: str, other: str, probe: str, port: int) -> str:
    """Return the script: it shows ``token``, and installs pages that ask the other guest, the probe and the metadata.

    ``other`` and ``probe`` are addresses, ``port`` is where the probe serves its page.
    """
    return _SCRIPT.format(token=token, other=other, probe=probe, port=port)


def marker(token: str) -> str:
    """Return the line that the script writes on the console."""
    return f"skylift-verify: user-data {token}"
