#!/bin/sh
# Ensure that the distribution's Chromium is there, for the tests of the dashboard; do nothing if it is.
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
command -v apt-get >/dev/null 2>&1 || {
    echo 'skylift: no Chromium, and no apt-get to install one with: install it with the means of your distribution' >&2
    exit 1
}
if [ "$(id -u)" -eq 0 ]; then root=''; else root='sudo'; fi
echo 'browser: installing chromium from the distribution'
apt-cache show chromium >/dev/null 2>&1 || $root apt-get -qq update >/dev/null
$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends chromium >/dev/null
