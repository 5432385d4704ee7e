#!/bin/sh
# Hook of mmdebstrap: write package, version and SHA-256 of all that is in the new system ($1), while
# the package lists are still there.
set -eu
mkdir -p "$1/usr/share/skylift/manifest"
# shellcheck disable=SC2016
chroot "$1" dpkg-query -W -f '${Package}=${Version}\n' | chroot "$1" xargs apt-cache show --no-all-versions | awk '
    $1 == "Package:" { name = $2 } $1 == "Version:" { version = $2 }
    $1 == "SHA256:" { print name, version, $2 }' | sort -u >"$1/usr/share/skylift/manifest/base.debian"
