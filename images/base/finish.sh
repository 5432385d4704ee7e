#!/bin/sh
# Hook of mmdebstrap: run recipe.sh inside the new system ($2), with the stage ($1) as its /mnt.
set -eu
stage=$1
root=$2
lists=$stage/../lists
mkdir -p "$root/usr/share/skylift/manifest"
# shellcheck disable=SC2016
chroot "$root" dpkg-query -W -f '${Package}=${Version}\n' | chroot "$root" xargs apt-cache show --no-all-versions | awk '
    $1 == "Package:" { name = $2 } $1 == "Version:" { version = $2 }
    $1 == "SHA256:" { print name, version, $2 }' | sort -u >"$root/usr/share/skylift/manifest/base.debian"
# The lists serve the other recipes of this build.
cp -a "$root"/var/lib/apt/lists/*_* "$lists/" 2>/dev/null && touch "$lists/fetched"
for part in common.sh debian.lock recipe machine bin; do cp -a "$stage/$part" "$root/mnt/"; done
status=0
chroot "$root" env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash /mnt/recipe/recipe.sh || status=$?
find "$root/mnt" -mindepth 1 -delete
exit "$status"
