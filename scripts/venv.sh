#!/bin/sh
# Make .venv with what requirements.lock names, and Skylift itself as an editable install. Safe to repeat.
# Nothing outside .venv is changed, but where Python came without its venv parts they are installed first, and said.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
VENV=.venv

say() { printf 'venv: %s\n' "$1"; }
fail() {
    printf 'skylift: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

command -v "$PYTHON" >/dev/null 2>&1 || fail 'Python is not installed' 'Install Python 3.11 or later (Debian: apt-get install python3).'
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$PYTHON" -V 2>&1) is too old" 'Skylift needs Python 3.11 or later. Name one:  make up PYTHON=python3.12'

# Distributions split venv and ensurepip off; without them `python3 -m venv` makes half an environment and fails.
if ! "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
    fix="Install it:  apt-get install python3-venv   (elsewhere: the package that holds Python's venv and ensurepip)"
    command -v apt-get >/dev/null 2>&1 || fail "this Python cannot make virtual environments: its venv parts are missing" "$fix"
    if [ "$(id -u)" -eq 0 ]; then root=''; elif command -v sudo >/dev/null 2>&1; then root='sudo'; else
        fail "this Python cannot make virtual environments, and installing its venv parts needs root" "$fix"
    fi
    say 'this Python lacks its venv parts; installing the package python3-venv'
    $root apt-get -qq -y install --no-install-recommends python3-venv >/dev/null 2>&1 || {
        $root apt-get -qq update >/dev/null 2>&1 || true
        $root apt-get -qq -y install --no-install-recommends python3-venv >/dev/null ||
            fail 'python3-venv could not be installed (apt-get said why above)' "$fix"
    }
fi

# An environment whose Python is gone or was moved is made anew.
if ! "$VENV/bin/python" -c '' 2>/dev/null || ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    say "making $VENV with $("$PYTHON" -V)"
    "$PYTHON" -m venv --clear "$VENV"
fi
pip() { "$VENV/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

# uv installs the lock in seconds; its own version and hashes come from the same lock. uv does not read pip's
# settings: an index that the machine gives to pip is handed on.
uv_lock=$(mktemp)
trap 'rm -f "$uv_lock"' EXIT
awk '/^uv==/ { take = 1 } take { print } take && !/\\$/ { exit }' requirements.lock >"$uv_lock"
if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    index=${PIP_INDEX_URL:-$(pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$index" ]; then UV_DEFAULT_INDEX=$index; export UV_DEFAULT_INDEX; fi
fi
if pip install --require-hashes --no-deps -r "$uv_lock"; then
    uv() { VIRTUAL_ENV="$PWD/$VENV" "$VENV/bin/uv" --quiet "$@"; }
    say 'installing what requirements.lock names'
    uv pip install --require-hashes -r requirements.lock ||
        fail 'the locked packages could not be installed (uv said why above)' 'Repeat the command; what was fetched is kept.'
    uv pip install --no-deps --no-build-isolation --editable .
else
    say 'uv cannot be had here; installing with pip, which takes longer'
    pip install --require-hashes -r requirements.lock ||
        fail 'the locked packages could not be installed (pip said why above)' 'Repeat the command; what was fetched is kept.'
    pip install --no-deps --no-build-isolation --editable .
fi
# Without byte code every command compiles some 400 modules first, half a second; where Python may not write it, always.
"$VENV/bin/python" -m compileall -q -j 0 "$VENV/lib" src || true
say 'ready'
